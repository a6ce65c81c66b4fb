namespace CeleryNet.Scheduling;

/// <summary>Keeps the schedule as long as the process lives.</summary>
internal sealed class MemoryScheduleStore : IScheduleStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ScheduleTable> _beats = [];

    public string Location => "memory://";

    public ValueTask<StoredSchedule> LoadAsync(string beat, CancellationToken cancellationToken)
    {
        lock (_lock) return new ValueTask<StoredSchedule>(TableOf(beat).ToSchedule());
    }

    public ValueTask SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_lock) TableOf(beat).Save(entries);
        return default;
    }

    public ValueTask<bool> RemoveAsync(string beat, string name, CancellationToken cancellationToken)
    {
        lock (_lock) return new ValueTask<bool>(TableOf(beat).Remove(name));
    }

    public ValueTask SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        lock (_lock) TableOf(beat).Save(progress);
        return default;
    }

    public ValueTask<long> GetVersionAsync(string beat, CancellationToken cancellationToken)
    {
        lock (_lock) return new ValueTask<long>(TableOf(beat).Version);
    }

    private ScheduleTable TableOf(string beat) => _beats.TryGetValue(beat, out var table) ? table : _beats[beat] = new ScheduleTable();
}
