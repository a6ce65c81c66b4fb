using System.Collections.Concurrent;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Scheduling;

/// <summary>The entries of the code of this host and those in the store, brought together: what was changed at run time goes before the code.</summary>
internal sealed class ScheduleBook(string beat, IReadOnlyList<BeatEntry> own, IScheduleStore store, WireOptions wire, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<string, BeatEntry> _own = own.ToDictionary(entry => entry.Name);
    private readonly ConcurrentDictionary<string, string> _ofCode = []; // what the code says is written once: it is compared at every change

    internal IReadOnlyDictionary<string, BeatEntry> Own => _own;

    /// <summary>Reads the schedule, and brings the store to what the code says: for the beat that begins to lead.</summary>
    internal async Task<StoredSchedule> LeadAsync(CancellationToken cancellationToken)
    {
        var stored = await store.LoadAsync(beat, cancellationToken).ConfigureAwait(false);
        var entries = stored.Entries.ToDictionary(entry => entry.Name);
        var saved = _own.Values.Select(entry => Update(entry, entries.GetValueOrDefault(entry.Name))).OfType<StoredEntry>().ToList();
        var gone = stored.Entries.Where(entry => entry.Origin != EntryOrigin.Added && !_own.ContainsKey(entry.Name)).ToList();
        if (saved.Count > 0) await store.SaveAsync(beat, saved, cancellationToken).ConfigureAwait(false);
        foreach (var entry in gone) await store.RemoveAsync(beat, entry.Name, cancellationToken).ConfigureAwait(false);
        return saved.Count + gone.Count > 0 ? await store.LoadAsync(beat, cancellationToken).ConfigureAwait(false) : stored;
    }

    /// <summary>The entry of a stored one; <c>null</c>, and a line in the log, where it cannot be made here.</summary>
    internal BeatEntry? EntryOf(StoredEntry stored)
    {
        var code = _own.GetValueOrDefault(stored.Name);
        if (stored.Origin == EntryOrigin.Code && code is not null) return code;
        try
        {
            return EntryJson.Read(stored.Name, stored.Definition, code);
        }
        catch (FormatException error)
        {
            Log.BeatEntryUnreadable(logger, Printable.Limit(stored.Name), store.Location, error);
            return null;
        }
    }

    /// <summary>What to store of an entry that is new or was changed.</summary>
    /// <exception cref="MessageFormatException">An argument cannot be written.</exception>
    internal StoredEntry Store(BeatEntry entry, StoredEntry? before, EntryOrigin origin)
    {
        var definition = DefinitionOf(entry);
        var isSameTime = before is not null && !entry.IsPaused && IsSameTime(before.Definition, definition);
        return new StoredEntry(entry.Name, definition, isSameTime ? before!.Since : time.GetUtcNow(), origin); // the same time only with one before
    }

    private StoredEntry? Update(BeatEntry entry, StoredEntry? stored)
    {
        if (stored is null) return Store(entry, null, EntryOrigin.Code);
        if (stored.Origin == EntryOrigin.Added) return stored with { Origin = EntryOrigin.Changed };
        if (stored.Origin == EntryOrigin.Changed) return null;
        var now = Store(entry, stored, EntryOrigin.Code);
        return now.Definition == stored.Definition ? null : now;
    }

    private string DefinitionOf(BeatEntry entry) => ReferenceEquals(_own.GetValueOrDefault(entry.Name), entry)
        ? _ofCode.GetOrAdd(entry.Name, static (_, state) => EntryJson.Write(state.entry, state.wire), (entry, wire))
        : EntryJson.Write(entry, wire);

    // Another schedule, or the end of a pause, makes a new beginning.
    private static bool IsSameTime(string before, string after)
    {
        var (old, now) = (EntryJson.TimeOf(before), EntryJson.TimeOf(after));
        return old.Schedule == now.Schedule && !old.IsPaused;
    }
}
