using CeleryNet.Brokers;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Limiting;

/// <summary>The tables of permits. A transaction holds the names of all permits it asks for, taken in one order, so that all are counted at one moment.</summary>
internal static class PermitTable
{
    internal static async ValueTask<PermitAnswer> AcquireAsync(SqlSession session, IReadOnlyList<Permit> permits, string holder, TimeSpan lease)
    {
        foreach (var name in permits.Select(NameOf).Order(StringComparer.Ordinal)) await session.ScalarAsync<object>("lock-name", ("name", name)).ConfigureAwait(false);
        for (var i = 0; i < permits.Count; i++)
        {
            var permit = permits[i];
            if (permit.Slots == 0)
            {
                if (await WaitAsync(session, permit).ConfigureAwait(false) is { } wait) return new PermitAnswer(i, wait);
                continue;
            }

            await session.ExecuteAsync("expire-permits", ("name", permit.Key)).ConfigureAwait(false);
            var holders = await session.QueryAsync("permits", static row => row.GetString(0), ("name", permit.Key)).ConfigureAwait(false);
            if (!holders.Contains(holder) && holders.Count >= permit.Slots) return new PermitAnswer(i, null);
        }

        foreach (var permit in permits)
        {
            if (permit.Slots == 0) await session.ExecuteAsync("grant-rate", ("name", permit.Key), ("spacing", Microseconds(permit.Spacing))).ConfigureAwait(false);
            else await HoldAsync(session, permit.Key, holder, lease).ConfigureAwait(false);
        }

        return PermitAnswer.Granted;
    }

    internal static async ValueTask<IReadOnlyList<PermitLease>> RenewAsync(SqlSession session, IReadOnlyList<PermitLease> leases, bool restore, TimeSpan lease)
    {
        var unknown = new List<PermitLease>();
        foreach (var held in leases.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            if (await session.ExecuteAsync("renew-permit", ("name", held.Key), ("holder", held.Holder), ("lease", Milliseconds(lease))).ConfigureAwait(false) > 0) continue;
            unknown.Add(held);
            if (restore) await HoldAsync(session, held.Key, held.Holder, lease).ConfigureAwait(false);
        }

        return unknown;
    }

    internal static async ValueTask<bool> ReleaseAsync(SqlSession session, IReadOnlyList<PermitLease> leases)
    {
        await session.ExecuteManyAsync("release-permit", [.. leases.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => new (string, object?)[] { ("name", one.Key), ("holder", one.Holder) })]).ConfigureAwait(false);
        return true;
    }

    // Never longer than its spacing, so that a step of the clock stops nothing.
    private static async ValueTask<TimeSpan?> WaitAsync(SqlSession session, Permit permit)
    {
        var wait = await session.ScalarAsync<object>("rate-wait", ("name", permit.Key)).ConfigureAwait(false) as long?;
        return wait > 0 && wait <= Microseconds(permit.Spacing) + 1000 ? TimeSpan.FromMicroseconds(wait.Value) : null;
    }

    private static ValueTask<int> HoldAsync(SqlSession session, string key, string holder, TimeSpan lease) =>
        session.ExecuteAsync("hold-permit", ("name", key), ("holder", holder), ("lease", Milliseconds(lease)));

    private static string NameOf(Permit permit) => permit.Slots == 0 ? $"rate.{permit.Key}" : $"permit.{permit.Key}";

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static long Microseconds(TimeSpan span) => (long)span.TotalMicroseconds;
}
