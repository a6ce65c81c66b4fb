using System.Collections.Concurrent;
using System.Globalization;
using CeleryNet.Messages;

namespace CeleryNet.Control;

/// <summary>What this worker knows to be revoked: at most 50 000 ids and stamps, as in Celery, each for 7 days. Thread-safe; asking takes no lock.</summary>
internal sealed class RevocationTable(TimeProvider time)
{
    /// <summary>How many are kept; the oldest go first.</summary>
    internal const int Most = 50_000;

    /// <summary>How long an id or stamp value may be, in characters; longer ones are no names that a broker carries, and would only fill the memory.</summary>
    internal const int LongestValue = 255;

    /// <summary>How long each is kept.</summary>
    // Not Celery's 3 hours: a task may be revoked days before its eta, and would run after all.
    internal static readonly TimeSpan Keep = TimeSpan.FromDays(7);

    private readonly ConcurrentDictionary<Revocation, long> _ends = new(); // monotonic timestamp at which each is forgotten
    private readonly Lock _lock = new();
    private readonly Queue<(Revocation Revocation, long End)> _order = new(); // one entry for each time it was added; the last one counts
    private int _count; // kept here, since counting the dictionary locks it
    private int _stamps;

    /// <summary>How many are kept.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Adds one, or keeps it anew.</summary>
    /// <returns>False when it is no possible id or stamp.</returns>
    internal bool Add(Revocation revocation) => Add(revocation, Keep);

    /// <summary>Adds one that is kept for a shorter time, as a store says.</summary>
    internal bool Add(Revocation revocation, TimeSpan remaining)
    {
        if (revocation.Value.Length is 0 or > LongestValue || revocation.Stamp?.Length is 0 or > LongestValue) return false;
        if (remaining <= TimeSpan.Zero) return true;
        var end = time.GetTimestamp() + (long)((remaining < Keep ? remaining : Keep).TotalSeconds * time.TimestampFrequency);
        lock (_lock)
        {
            if (_ends.TryGetValue(revocation, out var known) && known >= end) return true;
            if (!_ends.ContainsKey(revocation)) Note(revocation, 1);
            _ends[revocation] = end;
            _order.Enqueue((revocation, end));
            Trim();
        }

        return true;
    }

    /// <summary>True when the task's id or one of its stamps is revoked.</summary>
    internal bool IsRevoked(TaskMessage message)
    {
        if (Volatile.Read(ref _count) == 0) return false;
        if (message.Id is { } id && Contains(Revocation.OfTask(id))) return true;
        if (Volatile.Read(ref _stamps) == 0 || message.StampedHeaders is not { } names || message.Stamps is not { } stamps) return false;
        foreach (var name in names)
        {
            if (stamps.TryGetValue(name, out var value) && HasStamp(name, value)) return true;
        }

        return false;
    }

    /// <summary>The ids of all tasks that are revoked by their id.</summary>
    internal List<string> TaskIds()
    {
        var now = time.GetTimestamp();
        return [.. _ends.Where(known => known.Key.Stamp is null && known.Value > now).Select(static known => known.Key.Value)];
    }

    /// <summary>The value of a stamp as it is compared; <c>null</c> when it is none that can be revoked.</summary>
    internal static string? TextOf(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long or int or double => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private bool HasStamp(string name, object? value)
    {
        if (TextOf(value) is { } text) return Contains(new Revocation(name, text));
        if (value is not IReadOnlyList<object?> several) return false;
        foreach (var one in several)
        {
            if (TextOf(one) is { } part && Contains(new Revocation(name, part))) return true;
        }

        return false;
    }

    private bool Contains(Revocation revocation) => _ends.TryGetValue(revocation, out var end) && time.GetTimestamp() < end;

    private void Trim()
    {
        var now = time.GetTimestamp();
        while (_order.TryPeek(out var oldest))
        {
            var isLast = _ends.TryGetValue(oldest.Revocation, out var end) && end == oldest.End;
            // What was added again has a later entry. Those are bounded too, or adding one for ever would fill the queue.
            if (isLast && end > now && _count <= Most && _order.Count <= 2 * Most) return;
            _order.Dequeue();
            if (isLast && _ends.TryRemove(oldest.Revocation, out _)) Note(oldest.Revocation, -1);
        }
    }

    private void Note(Revocation revocation, int change)
    {
        Volatile.Write(ref _count, _count + change);
        if (revocation.Stamp is not null) Volatile.Write(ref _stamps, _stamps + change);
    }
}
