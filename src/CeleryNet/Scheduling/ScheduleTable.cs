namespace CeleryNet.Scheduling;

/// <summary>Entries of one beat with their progress, and the rules of <see cref="IScheduleStore"/> for them. Not thread-safe.</summary>
internal sealed class ScheduleTable
{
    private readonly Dictionary<string, StoredEntry> _entries = [];
    private readonly Dictionary<string, EntryProgress> _progress = [];

    internal long Version { get; private set; }

    internal static ScheduleTable Of(StoredSchedule schedule)
    {
        var table = new ScheduleTable();
        foreach (var entry in schedule.Entries) table._entries[entry.Name] = entry;
        foreach (var progress in schedule.Progress) table._progress[progress.Name] = progress;
        table.Version = schedule.Version;
        return table;
    }

    internal StoredSchedule ToSchedule() => new(Version, [.. _entries.Values], [.. _progress.Values]);

    internal void Save(IEnumerable<StoredEntry> entries)
    {
        foreach (var entry in entries) _entries[entry.Name] = entry;
        Version++;
    }

    internal bool Remove(string name)
    {
        if (!_entries.Remove(name)) return false;
        _progress.Remove(name);
        Version++;
        return true;
    }

    internal void Save(IEnumerable<EntryProgress> progress)
    {
        foreach (var each in progress)
        {
            if (_entries.ContainsKey(each.Name) && (!_progress.TryGetValue(each.Name, out var known) || each.IsAtLeast(known))) _progress[each.Name] = each;
        }
    }
}
