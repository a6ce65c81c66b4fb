namespace CeleryNet.Scheduling;

/// <summary>Entries of one beat with their progress, and the rules of <see cref="IScheduleStore"/> for them: for stores that keep a schedule as one piece. Not thread-safe.</summary>
public sealed class ScheduleTable
{
    private readonly Dictionary<string, StoredEntry> _entries = [];
    private readonly Dictionary<string, EntryProgress> _progress = [];

    /// <summary>How often entries were saved or removed, counted from that of the schedule it was made of.</summary>
    public long Version { get; private set; }

    /// <summary>Makes a table of what a store has kept.</summary>
    public static ScheduleTable Of(StoredSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var table = new ScheduleTable();
        foreach (var entry in schedule.Entries) table._entries[entry.Name] = entry;
        foreach (var progress in schedule.Progress) table._progress[progress.Name] = progress;
        table.Version = schedule.Version;
        return table;
    }

    /// <summary>All of it, to be kept.</summary>
    public StoredSchedule ToSchedule() => new(Version, [.. _entries.Values], [.. _progress.Values]);

    /// <summary>Adds entries, or replaces those of their names.</summary>
    public void Save(IEnumerable<StoredEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var entry in entries) _entries[entry.Name] = entry;
        Version++;
    }

    /// <summary>Removes an entry with its progress.</summary>
    /// <returns>False when there is none of that name.</returns>
    public bool Remove(string name)
    {
        if (!_entries.Remove(name)) return false;
        _progress.Remove(name);
        Version++;
        return true;
    }

    /// <summary>Keeps progress that is not behind what is known, of entries that are there.</summary>
    public void Save(IEnumerable<EntryProgress> progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        foreach (var each in progress)
        {
            if (_entries.ContainsKey(each.Name) && (!_progress.TryGetValue(each.Name, out var known) || each.IsAtLeast(known))) _progress[each.Name] = each;
        }
    }
}
