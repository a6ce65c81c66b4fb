namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// Every message between the call and its confirmation: waiting to be written, waiting to be written once more, postponed until its delayed delivery is set up, or written and
/// unconfirmed. Thread-safe; holds its lock for single steps only.
/// </summary>
internal sealed partial class PublishQueue(int window, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<PendingPublish> _waiting = new();
    private readonly Queue<PendingPublish> _again = new(); // written before, so older than all that wait
    private readonly ConfirmWindow<PendingPublish> _unconfirmed = new(window);
    private PendingPublish? _putBack;
    private bool _isClosed;

    internal bool IsEmpty
    {
        get
        {
            lock (_gate) return _waiting.Count == 0 && _again.Count == 0 && _putBack is null && _postponed.Count == 0 && _unconfirmed.IsEmpty;
        }
    }

    internal bool HasUnconfirmed
    {
        get
        {
            lock (_gate) return !_unconfirmed.IsEmpty;
        }
    }

    /// <summary>Adds a new message; false when the queue is closed.</summary>
    internal bool TryAdd(PendingPublish publish)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            _waiting.Enqueue(publish);
            return true;
        }
    }

    /// <summary>Adds new messages in their order; false when the queue is closed.</summary>
    internal bool TryAdd(IReadOnlyList<PendingPublish> publishes)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            foreach (var publish in publishes) _waiting.Enqueue(publish);
            return true;
        }
    }

    /// <summary>The next to write, if the window has room for it.</summary>
    internal PendingPublish? Take()
    {
        lock (_gate)
        {
            while (!_unconfirmed.IsFull)
            {
                if (!_again.TryDequeue(out var next))
                {
                    if (_putBack is { } first) (next, _putBack) = (first, null);
                    else if (!_waiting.TryDequeue(out next)) return null;
                }

                if (!next.IsDone) return next;
            }

            return null;
        }
    }

    /// <summary>Gives back what <see cref="Take"/> returned and was not written; it comes next.</summary>
    internal void PutBack(PendingPublish publish)
    {
        lock (_gate) _putBack = publish;
    }

    internal void AddWritten(PendingPublish publish)
    {
        lock (_gate)
        {
            publish.Writes++;
            _unconfirmed.Add(publish);
        }
    }

    /// <summary>The newest was not written after all.</summary>
    internal void RemoveNewestWritten(PendingPublish publish)
    {
        lock (_gate)
        {
            publish.Writes--;
            _unconfirmed.RemoveNewest();
        }
    }

    /// <summary>Queues a message to be written once more.</summary>
    internal void WriteAgain(PendingPublish publish)
    {
        lock (_gate) _again.Enqueue(publish);
    }

    /// <summary>Moves what the broker answered into <paramref name="answered"/>; true when the window was full before.</summary>
    internal bool Confirm(ulong number, bool isMultiple, List<PendingPublish> answered)
    {
        lock (_gate)
        {
            var wasFull = _unconfirmed.IsFull;
            _unconfirmed.Confirm(number, isMultiple, answered);
            return wasFull;
        }
    }

    /// <summary>The oldest unconfirmed message with this destination and id, which the broker has just returned: it returns in the order of writing.</summary>
    internal PendingPublish? FindReturned(string exchange, string routingKey, string? correlationId)
    {
        lock (_gate)
        {
            return _unconfirmed.Find(
                static (publish, sought) => !publish.IsReturned && publish.IsMandatory && publish.Exchange == sought.exchange && publish.RoutingKey == sought.routingKey
                    && publish.Properties.CorrelationId == sought.correlationId,
                (exchange, routingKey, correlationId));
        }
    }

    /// <summary>Everything unconfirmed, oldest first; the connection it was written to is gone.</summary>
    internal List<PendingPublish> DrainUnconfirmed()
    {
        var all = new List<PendingPublish>();
        lock (_gate) _unconfirmed.Drain(all);
        all.RemoveAll(static publish => publish.IsDone);
        return all;
    }

    /// <summary>Those whose time is over. They all have the same time to wait, so the heads of the queues tell.</summary>
    internal List<PendingPublish> TakeExpired(long now)
    {
        var expired = new List<PendingPublish>();
        lock (_gate)
        {
            TakeExpired(_again, now, expired);
            TakeExpired(_waiting, now, expired);
            if (_putBack is { } first && IsOver(first, now))
            {
                expired.Add(first);
                _putBack = null;
            }

            TakeExpiredPostponed(now, expired);

            // Written ones stay in the window, since the broker may still answer for their numbers.
            if (_unconfirmed.Oldest is { } oldest && oldest.Deadline <= now) _unconfirmed.ForEach(publish =>
            {
                if (publish.Deadline <= now) expired.Add(publish);
            });
        }

        expired.RemoveAll(static publish => publish.IsDone);
        return expired;
    }

    /// <summary>Takes nothing more, and hands out all that was not written.</summary>
    internal List<PendingPublish> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            List<PendingPublish> left = [.. _again, .. _postponed, .. _waiting];
            if (_putBack is { } first) left.Add(first);
            _again.Clear();
            _postponed.Clear();
            _waiting.Clear();
            _putBack = null;
            return left;
        }
    }

    private static void TakeExpired(Queue<PendingPublish> queue, long now, List<PendingPublish> expired)
    {
        while (queue.TryPeek(out var head) && IsOver(head, now)) expired.Add(queue.Dequeue());
    }

    private static bool IsOver(PendingPublish publish, long now) => publish.IsDone || publish.Deadline <= now;
}
