using CeleryNet.Scheduling;

namespace CeleryNet.Redis;

/// <content>The schedules of beats.</content>
public sealed partial class RedisResultBackend : IScheduleStore
{
    /// <inheritdoc/>
    string IScheduleStore.Location => Address;

    /// <inheritdoc/>
    async ValueTask<StoredSchedule> IScheduleStore.LoadAsync(string beat, CancellationToken cancellationToken) =>
        await RunAsync(session => _schedules.LoadAsync(session, beat), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken) =>
        await RunAsync(session => _schedules.SaveAsync(session, beat, entries, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask<bool> IScheduleStore.RemoveAsync(string beat, string name, CancellationToken cancellationToken) =>
        await RunAsync(session => _schedules.RemoveAsync(session, beat, name, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken) =>
        await RunAsync(session => _schedules.SaveAsync(session, beat, progress, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask<long> IScheduleStore.GetVersionAsync(string beat, CancellationToken cancellationToken) =>
        await RunAsync(session => _schedules.GetVersionAsync(session, beat), cancellationToken).ConfigureAwait(false);
}
