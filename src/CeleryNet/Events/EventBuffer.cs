namespace CeleryNet.Events;

/// <summary>
/// The events that wait to be sent: what a worker tells about tasks in lists of up to 24, as Celery's worker does, everything else alone. Bounded; what is too much goes oldest first, and is
/// counted. Thread-safe.
/// </summary>
internal sealed class EventBuffer
{
    /// <summary>How many events one message holds at most: Celery's <c>buffer_limit</c>.</summary>
    internal const int MostPerMessage = 24;

    /// <summary>How many events wait at most, for example while the broker is away.</summary>
    internal const int MostEvents = 10_000;

    /// <summary>How many bytes they may have together: tracebacks can be long.</summary>
    internal const int MostBytes = 16 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly LinkedList<EventMessage> _waiting = new(); // the oldest first
    private EventMessage? _open; // the list that is still growing, younger than all that wait
    private int _events; // without those of the open list
    private long _bytes;
    private long _dropped;
    private bool _isClosed;

    /// <summary>Adds an event about a task.</summary>
    /// <returns>True when it is the first that waits, so that somebody has to be woken.</returns>
    internal bool AddToList(ReadOnlySpan<byte> json)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            var isFirst = _open is null && _waiting.Count == 0;
            _open ??= EventMessage.OfTasks();
            _open.Add(json);
            if (_open.Count == MostPerMessage) Seal();
            return isFirst;
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
