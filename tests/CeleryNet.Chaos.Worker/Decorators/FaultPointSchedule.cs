using CeleryNet.Scheduling;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Ends the process before the store learns that something was sent.</summary>
internal sealed class FaultPointSchedule(IScheduleStore inner, FaultPoint point) : IScheduleStore
{
    public string Location => inner.Location;

    public ValueTask<StoredSchedule> LoadAsync(string beat, CancellationToken cancellationToken) => inner.LoadAsync(beat, cancellationToken);

    public ValueTask SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken) => inner.SaveAsync(beat, entries, cancellationToken);

    public ValueTask<bool> RemoveAsync(string beat, string name, CancellationToken cancellationToken) => inner.RemoveAsync(beat, name, cancellationToken);

    public ValueTask SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken)
    {
        point.Pass();
        return inner.SaveProgressAsync(beat, progress, cancellationToken);
    }

    public ValueTask<long> GetVersionAsync(string beat, CancellationToken cancellationToken) => inner.GetVersionAsync(beat, cancellationToken);
}
