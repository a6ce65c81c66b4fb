using System.Globalization;
using CeleryNet.Messages;
using CeleryNet.Redis.Layout;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// One identity of a consumer: the owner of its tags and of one lease. When the lease is lost, it stays lost, and the consumer goes on as a new holder of the next
/// generation. Thread-safe.
/// </summary>
internal sealed class Holder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, RedisDelivery> _held = [];
    private readonly List<(long First, int Count)> _doubtful = [];
    private readonly Dictionary<string, int>? _byQueue; // held and reserved
    private readonly TimeProvider _time;
    private readonly string _tagStart;
    private int _epoch;
    private long _nextNumber;
    private int _reserved;
    private long _leaseEnd;
    private bool _isLost;

    /// <param name="generation">Counts the holders of a consumer, 1 for the first.</param>
    /// <param name="countsByQueue">True where <see cref="CountOf"/> will be asked.</param>
    /// <param name="time">The monotonic clock.</param>
    internal Holder(int generation, bool countsByQueue, TimeProvider time)
    {
        _byQueue = countsByQueue ? [] : null;
        Generation = generation;
        Id = TaskId.NewGuid().ToString("N");
        _time = time;
        _tagStart = $"{RedisKeys.TagPrefix}{Id}:";
        _leaseEnd = long.MinValue;
    }

    internal string Id { get; }

    internal int Generation { get; }

    /// <summary>Under which number the server lets it take.</summary>
    internal int Epoch => Volatile.Read(ref _epoch);

    /// <summary>True once the server knows it.</summary>
    internal bool IsOpen => Volatile.Read(ref _leaseEnd) != long.MinValue;

    internal bool HasDoubts
    {
        get { lock (_lock) return _doubtful.Count > 0; }
    }

    /// <summary>What its tags begin with.</summary>
    internal string TagStart => _tagStart;

    /// <summary>How many messages it has or has asked for.</summary>
    internal int Count
    {
        get { lock (_lock) return _held.Count + _reserved; }
    }

    /// <summary>How many messages it has.</summary>
    internal int HeldCount
    {
        get { lock (_lock) return _held.Count; }
    }

    /// <summary>How many messages it has of one queue, or has asked for.</summary>
    internal int CountOf(string queue)
    {
        lock (_lock) return _byQueue?.GetValueOrDefault(queue) ?? 0;
    }

    /// <summary>
    /// True while its lease certainly lasts. It is judged by the monotonic clock from the moment before the renewal was sent, so it ends here before it ends at the server,
    /// also for a process that was frozen.
    /// </summary>
    internal bool IsCurrent
    {
        get
        {
            if (Volatile.Read(ref _isLost)) return false;
            var end = Volatile.Read(ref _leaseEnd);
            if (end == long.MinValue || _time.GetTimestamp() < end) return true;

            // What was once called stale must not become current again: its reader has dropped it, and nobody would settle it.
            Volatile.Write(ref _isLost, true);
            return false;
        }
    }

    internal string Tag(long number) => string.Create(CultureInfo.InvariantCulture, $"{_tagStart}{number}");

    /// <summary>Notes a renewed lease.</summary>
    /// <param name="sent">Timestamp before the renewal was sent.</param>
    /// <param name="duration">Duration of the lease.</param>
    internal void Renewed(long sent, TimeSpan duration) => Volatile.Write(ref _leaseEnd, sent + (long)(duration.TotalSeconds * _time.TimestampFrequency));

    /// <summary>Begins the next epoch; called by the loop that takes, and after its end.</summary>
    internal int NextEpoch() => Interlocked.Increment(ref _epoch);

    internal void Lose() => Volatile.Write(ref _isLost, true);

    /// <summary>Reserves room and numbers for a take.</summary>
    /// <param name="count">How many.</param>
    /// <param name="queue">The queue it takes from; <c>null</c> for any.</param>
    internal long Reserve(int count, string? queue = null)
    {
        lock (_lock)
        {
            _reserved += count;
            Note(queue, count);
            return Number(count);
        }
    }

    /// <summary>Ends a reservation; what was taken is added by <see cref="Add"/> before.</summary>
    internal void Release(int count, string? queue = null)
    {
        lock (_lock)
        {
            _reserved -= count;
            Note(queue, -count);
        }
    }

    /// <summary>Numbers for a take that may wait for long: no room is reserved for it, so that what it brings may be too much.</summary>
    internal long Number(int count)
    {
        lock (_lock)
        {
            var first = _nextNumber;
            _nextNumber += count;
            return first;
        }
    }

    /// <summary>The answer to a take was lost: its tags may exist.</summary>
    internal void Doubt(long first, int count)
    {
        lock (_lock) _doubtful.Add((first, count));
    }

    /// <summary>The numbers that may exist without being known.</summary>
    /// <param name="reservations">How many reservations they are of.</param>
    internal List<long> Doubts(out int reservations)
    {
        lock (_lock)
        {
            reservations = _doubtful.Count;
            return [.. _doubtful.SelectMany(static range => Enumerable.Range(0, range.Count).Select(i => range.First + i))];
        }
    }

    /// <summary>The first of them are cleared up; more may have come meanwhile.</summary>
    internal void ClearDoubts(int reservations)
    {
        lock (_lock) _doubtful.RemoveRange(0, reservations);
    }

    internal void Add(RedisDelivery delivery)
    {
        lock (_lock)
        {
            if (_held.TryAdd(delivery.Number, delivery)) Note(delivery.Queue, 1);
        }
    }

    /// <summary>True until the delivery is settled, parked or returned.</summary>
    internal bool Holds(RedisDelivery delivery)
    {
        lock (_lock) return _held.ContainsKey(delivery.Number);
    }

    /// <summary>Takes the delivery off the books.</summary>
    /// <returns>False when it was settled or returned before.</returns>
    internal bool Remove(RedisDelivery delivery)
    {
        lock (_lock)
        {
            if (!_held.Remove(delivery.Number)) return false;
            Note(delivery.Queue, -1);
            return true;
        }
    }

    private void Note(string? queue, int change)
    {
        if (_byQueue is null || queue is null) return;
        _byQueue[queue] = _byQueue.GetValueOrDefault(queue) + change;
    }

    /// <summary>All that is held, oldest first.</summary>
    internal List<RedisDelivery> Held()
    {
        lock (_lock) return [.. _held.Values.OrderBy(static delivery => delivery.Number)];
    }
}
