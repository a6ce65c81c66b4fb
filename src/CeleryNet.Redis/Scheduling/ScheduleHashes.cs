using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using CeleryNet.Scheduling;
using StackExchange.Redis;

namespace CeleryNet.Redis.Scheduling;

/// <summary>The schedules of beats, kept by the broker or by the results. Everything here is harmless when repeated.</summary>
internal sealed class ScheduleHashes(string keyPrefix)
{
    // One command of so many is answered within a millisecond or two.
    private const int MostPerCall = 500;

    internal async Task<StoredSchedule> LoadAsync(RedisSession session, string beat)
    {
        // The version first: a change in between is seen when it is asked for next.
        var version = session.Database.StringGetAsync(Key(beat, "version"));
        var entries = session.Database.HashGetAllAsync(Key(beat, "entries"));
        var progress = session.Database.HashGetAllAsync(Key(beat, "progress"));
        return new StoredSchedule(
            (long)await version.ConfigureAwait(false),
            [.. (await entries.ConfigureAwait(false)).Select(field => ScheduleText.ReadEntry(field.Name!, (byte[]?)field.Value ?? [])).OfType<StoredEntry>()],
            [.. (await progress.ConfigureAwait(false)).Select(field => ScheduleText.ReadProgress(field.Name!, (byte[]?)field.Value ?? [])).OfType<EntryProgress>()]);
    }

    internal async Task<bool> SaveAsync(RedisSession session, string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var chunk in entries.Chunk(MostPerCall))
        {
            RedisValue[] arguments = ["save", .. chunk.SelectMany(static entry => new RedisValue[] { entry.Name, ScheduleText.Write(entry) })];
            await session.EvaluateAsync(RedisScript.Schedule, Keys(beat), arguments, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    internal async Task<bool> RemoveAsync(RedisSession session, string beat, string name, CancellationToken cancellationToken) =>
        (long)await session.EvaluateAsync(RedisScript.Schedule, Keys(beat), ["remove", name], cancellationToken).ConfigureAwait(false) == 1;

    internal async Task<bool> SaveAsync(RedisSession session, string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken)
    {
        foreach (var chunk in progress.Chunk(MostPerCall))
        {
            RedisValue[] arguments = [.. chunk.SelectMany(static each => new RedisValue[] { each.Name, each.LastRun.ToUnixTimeMilliseconds(), each.TotalRuns, ScheduleText.Write(each) })];
            await session.EvaluateAsync(RedisScript.Progress, [Key(beat, "entries"), Key(beat, "progress")], arguments, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    internal async Task<long> GetVersionAsync(RedisSession session, string beat) => (long)await session.Database.StringGetAsync(Key(beat, "version")).ConfigureAwait(false);

    private RedisKey Key(string beat, string part) => RedisKeys.Schedule(keyPrefix, beat, part);

    private RedisKey[] Keys(string beat) => [Key(beat, "entries"), Key(beat, "progress"), Key(beat, "version")];
}
