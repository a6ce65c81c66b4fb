using System.Data.Common;
using CeleryNet.Scheduling;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Scheduling;

/// <summary>The tables of schedules. Moments are kept in ticks, so that none is rounded.</summary>
internal static class ScheduleRows
{
    internal static async ValueTask<StoredSchedule> LoadAsync(SqlSession session, string beat)
    {
        var version = await VersionAsync(session, beat).ConfigureAwait(false); // first: what is changed meanwhile is then loaded again
        var rows = await session.QueryAsync("entries", static row => (Entry: Entry(row), Progress: Progress(row)), ("beat", beat)).ConfigureAwait(false);
        return new StoredSchedule(version, [.. rows.Select(static row => row.Entry)], [.. rows.Select(static row => row.Progress).OfType<EntryProgress>()]);
    }

    internal static async ValueTask<bool> SaveAsync(SqlSession session, string beat, IReadOnlyCollection<StoredEntry> entries)
    {
        await session.ExecuteAsync("change-schedule", ("beat", beat)).ConfigureAwait(false);
        await session.ExecuteManyAsync("save-entry", [.. entries.Select(entry => new (string, object?)[]
        {
            ("beat", beat), ("name", entry.Name), ("definition", entry.Definition), ("since", entry.Since.UtcTicks), ("origin", (int)entry.Origin),
        })]).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<bool> RemoveAsync(SqlSession session, string beat, string name)
    {
        if (await session.ExecuteAsync("remove-entry", ("beat", beat), ("name", name)).ConfigureAwait(false) == 0) return false;
        await session.ExecuteAsync("change-schedule", ("beat", beat)).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<bool> SaveAsync(SqlSession session, string beat, IReadOnlyCollection<EntryProgress> progress)
    {
        await session.ExecuteManyAsync("save-progress", [.. progress.OrderBy(static entry => entry.Name, StringComparer.Ordinal).Select(entry => new (string, object?)[]
        {
            ("beat", beat), ("name", entry.Name), ("last_run", entry.LastRun.UtcTicks), ("last_sent", entry.LastSent.UtcTicks), ("total_runs", entry.TotalRuns),
        })]).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<long> VersionAsync(SqlSession session, string beat) =>
        await session.ScalarAsync<object>("schedule-version", ("beat", beat)).ConfigureAwait(false) as long? ?? 0;

    private static StoredEntry Entry(DbDataReader row) => new(row.GetString(0), row.GetString(1), Moment(row, 2), (EntryOrigin)row.GetInt32(3));

    private static EntryProgress? Progress(DbDataReader row) => row.IsDBNull(4) ? null : new EntryProgress(row.GetString(0), Moment(row, 4), Moment(row, 5), row.GetInt64(6));

    private static DateTimeOffset Moment(DbDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);
}
