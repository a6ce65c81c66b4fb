using CeleryNet.Scheduling;

namespace CeleryNet.RabbitMQ;

/// <content>The schedules of beats, in queues <c>celerynet.schedule.&lt;beat&gt;</c>.</content>
public sealed partial class RabbitMQBroker : IScheduleStore
{
    /// <inheritdoc/>
    string IScheduleStore.Location => Address;

    /// <inheritdoc/>
    async ValueTask<StoredSchedule> IScheduleStore.LoadAsync(string beat, CancellationToken cancellationToken) => await _schedules.LoadAsync(beat, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        await _schedules.SaveAsync(beat, entries, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    async ValueTask<bool> IScheduleStore.RemoveAsync(string beat, string name, CancellationToken cancellationToken) =>
        await _schedules.RemoveAsync(beat, name, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        await _schedules.SaveAsync(beat, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    async ValueTask<long> IScheduleStore.GetVersionAsync(string beat, CancellationToken cancellationToken) => await _schedules.GetVersionAsync(beat, cancellationToken).ConfigureAwait(false);
}
