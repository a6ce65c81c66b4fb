using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Limiting;

/// <summary>The table of keys of unique tasks. Who asks for a key first holds its name for the transaction, so that two cannot both find it free.</summary>
internal static class UniqueKeyTable
{
    internal static async ValueTask<string?> ReserveAsync(SqlSession session, string key, string taskId, TimeSpan lifetime, bool replace)
    {
        var holder = await HolderAsync(session, key).ConfigureAwait(false);
        if (holder is null || replace) await KeepAsync(session, key, taskId, lifetime).ConfigureAwait(false);
        return holder;
    }

    internal static async ValueTask<bool> RenewAsync(SqlSession session, string key, string taskId, TimeSpan lifetime)
    {
        if (await HolderAsync(session, key).ConfigureAwait(false) is { } holder && holder != taskId) return false;
        await KeepAsync(session, key, taskId, lifetime).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<bool> ReleaseAsync(SqlSession session, string key, string taskId) =>
        await session.ExecuteAsync("free-unique-key", ("name", key), ("task_id", taskId)).ConfigureAwait(false) > 0;

    private static async ValueTask<string?> HolderAsync(SqlSession session, string key)
    {
        await session.ScalarAsync<object>("lock-name", ("name", $"unique.{key}")).ConfigureAwait(false);
        return await session.ScalarAsync<string>("unique-key", ("name", key)).ConfigureAwait(false);
    }

    private static ValueTask<int> KeepAsync(SqlSession session, string key, string taskId, TimeSpan lifetime) =>
        session.ExecuteAsync("keep-unique-key", ("name", key), ("task_id", taskId), ("lifetime", Math.Max(1, (long)lifetime.TotalMilliseconds)));
}
