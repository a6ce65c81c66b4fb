using System.Buffers;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>
/// The events that wait to be sent: what a worker tells about tasks in lists, as Celery's worker does, everything else alone. Bounded; what is too much goes oldest first, and is counted.
/// Thread-safe.
/// </summary>
internal sealed class EventBuffer
{
    /// <summary>
    /// How many events one message holds at most. Celery's worker sends 24 (<c>buffer_limit</c>), its receivers take any number; a message costs as much as writing 50 events, so that 24 would be felt.
    /// </summary>
    internal const int MostPerMessage = 100;

    /// <summary>How many events wait at most, for example while the broker is away: a worker at full speed tells as many in 0.1 s.</summary>
    internal const int MostEvents = 40_000;

    /// <summary>How many bytes they may have together: tracebacks can be long.</summary>
    internal const int MostBytes = 16 * 1024 * 1024;

    // A list that is longer is sent, however few events it holds: tracebacks can be long.
    private const int MostBytesPerMessage = 32 * 1024;

    // From here on nothing is collected any more: a worker at full speed tells as many in 8 ms, and on a busy machine a delay of 20 ms takes long.
    private const int MostBeforeHaste = 2_500;

    private readonly Lock _lock = new();
    private readonly LinkedList<EventMessage> _waiting = new(); // the oldest first
    private EventMessage? _open; // the list that is still growing, younger than all that wait
    private int _events; // without those of the open list
    private long _bytes;
    private long _dropped;
    private bool _isClosed;

    /// <summary>Adds an event about a task.</summary>
    /// <returns>What whoever sends has to be told.</returns>
    internal EventUrgency AddToList(ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            if (_isClosed) return EventUrgency.None;
            var isFirst = IsEmpty;
            Open().Write(json);
            return Added(isFirst);
        }
    }

    /// <summary>Adds an event about a task that has nothing to escape, written where it waits; see <see cref="EventWriter.WritePlain"/>.</summary>
    /// <returns>What whoever sends has to be told.</returns>
    internal EventUrgency AddToList<TState>(EventWriter writer, string type, long at, int size, TState state, PlainFields<TState> fields)
    {
        lock (_lock)
        {
            if (_isClosed) return EventUrgency.None;
            var isFirst = IsEmpty;
            writer.WritePlain(Open(), type, at, size, state, fields);
            return Added(isFirst);
        }
    }

    /// <summary>Adds an event that travels alone, behind those that wait.</summary>
    /// <param name="routingKey">Its routing key.</param>
    /// <param name="json">The event.</param>
    /// <param name="replaces">True: an older one with this key is not worth sending any more.</param>
    internal void AddAlone(string routingKey, ReadOnlySpan<byte> json, bool replaces)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            if (replaces) Remove(routingKey);
            Seal();
            Append(EventMessage.Of(routingKey, json));
        }
    }

    /// <summary>Takes the oldest messages, each to be disposed by the caller or given back.</summary>
    internal List<EventMessage> Take(int most)
    {
        lock (_lock)
        {
            if (_waiting.Count < most) Seal();
            var taken = new List<EventMessage>(Math.Min(most, _waiting.Count));
            while (taken.Count < most && _waiting.First is { } oldest)
            {
                Take(oldest);
                taken.Add(oldest.Value);
            }

            return taken;
        }
    }

    /// <summary>Gives back what could not be sent; it goes first again.</summary>
    internal void Return(IReadOnlyList<EventMessage> messages)
    {
        lock (_lock)
        {
            for (var i = messages.Count - 1; i >= 0; i--)
            {
                _waiting.AddFirst(messages[i]);
                Count(messages[i], 1);
            }

            if (_isClosed) Clear();
            else Trim();
        }
    }

    /// <summary>How many were dropped since it was asked last.</summary>
    internal long TakeDropped()
    {
        lock (_lock)
        {
            var dropped = _dropped;
            _dropped = 0;
            return dropped;
        }
    }

    /// <summary>Drops what waits; nothing is taken any more.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Seal();
            Clear();
        }
    }

    private bool IsEmpty => _open is null && _waiting.Count == 0;

    private WireBuffer Open() => (_open ??= EventMessage.OfTasks()).Next();

    private EventUrgency Added(bool isFirst)
    {
        var open = _open!; // just added to
        if (open.Count < MostPerMessage && open.Body.Length < MostBytesPerMessage) return isFirst ? EventUrgency.Soon : EventUrgency.None;
        var before = _events;
        Seal();
        if (before < MostBeforeHaste && _events >= MostBeforeHaste) return EventUrgency.Now;
        return isFirst ? EventUrgency.Soon : EventUrgency.None;
    }

    private void Seal()
    {
        if (_open is not { } open) return;
        _open = null;
        open.Seal();
        Append(open);
    }

    private void Append(EventMessage message)
    {
        _waiting.AddLast(message);
        Count(message, 1);
        Trim();
    }

    private void Trim()
    {
        while ((_events > MostEvents || _bytes > MostBytes) && _waiting.First is { } oldest) Drop(oldest);
    }

    private void Clear()
    {
        while (_waiting.First is { } oldest) Drop(oldest);
    }

    private void Drop(LinkedListNode<EventMessage> node)
    {
        _dropped += node.Value.Count;
        Take(node);
        node.Value.Dispose();
    }

    private void Remove(string routingKey)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.RoutingKey != routingKey) continue;
            Take(node);
            node.Value.Dispose();
            return; // there is never more than one
        }
    }

    private void Take(LinkedListNode<EventMessage> node)
    {
        _waiting.Remove(node);
        Count(node.Value, -1);
    }

    private void Count(EventMessage message, int sign)
    {
        _events += sign * message.Count;
        _bytes += sign * (long)message.Body.Length;
    }
}
