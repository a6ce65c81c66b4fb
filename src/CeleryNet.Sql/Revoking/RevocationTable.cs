using CeleryNet.Control;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Revoking;

/// <summary>The table of revocations.</summary>
internal static class RevocationTable
{
    private const long MostKept = 50_000; // as Celery's default of revokes_max

    internal static async ValueTask<bool> AddAsync(SqlSession session, IReadOnlyCollection<Revocation> revocations, TimeSpan keep)
    {
        if (revocations.Count == 0) return true;
        // In one order everywhere, so that two who revoke the same do not wait for each other in a circle.
        var rows = revocations.Distinct().Select(static revocation => (Name: NameOf(revocation), revocation.Value)).OrderBy(static row => row.Name, StringComparer.Ordinal).ThenBy(static row => row.Value, StringComparer.Ordinal).ToList();
        await session.ExecuteManyAsync("remove-revocation", [.. rows.Select(static row => new (string, object?)[] { ("name", row.Name), ("value", row.Value) })]).ConfigureAwait(false);
        var milliseconds = (long)keep.TotalMilliseconds;
        await session.ExecuteManyAsync("add-revocation", [.. rows.Select(row => new (string, object?)[] { ("name", row.Name), ("value", row.Value), ("keep", milliseconds) })]).ConfigureAwait(false);
        await session.ExecuteAsync("trim-revocations", ("most", MostKept)).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(SqlSession session, int limit) =>
        await session.QueryAsync(
            "revocations", static row => (Read(row.GetString(0), row.GetString(1)), TimeSpan.FromMilliseconds(row.GetInt64(2))), ("limit", (long)limit)).ConfigureAwait(false);

    // A stamp may have an empty name, so no stamp needs another sign.
    private static string NameOf(Revocation revocation) => revocation.Stamp is { } stamp ? $"+{stamp}" : "-";

    private static Revocation Read(string name, string value) => new(name[0] == '+' ? name[1..] : null, value);
}
