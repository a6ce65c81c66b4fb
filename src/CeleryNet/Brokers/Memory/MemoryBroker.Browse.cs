namespace CeleryNet.Brokers.Memory;

/// <content>Looks into queues from outside.</content>
internal sealed partial class MemoryBroker : IQueueBrowser
{
    /// <inheritdoc/>
    public ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        lock (_lock) return new ValueTask<long>(_queues.TryGetValue(queue, out var known) ? known.Waiting().LongCount() : 0);
    }

    /// <inheritdoc/>
    public ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_queues.TryGetValue(queue, out var known)) return new ValueTask<QueueCounts>(new QueueCounts(0, 0, 0));
            var held = _consumers.Sum(consumer => consumer.HeldOf(known));
            var parked = _parked.UnorderedItems.LongCount(waiting => waiting.Element.Source == known);
            return new ValueTask<QueueCounts>(new QueueCounts(known.Waiting().LongCount(), held, parked));
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_lock) return new ValueTask<IReadOnlyCollection<string>>([.. _queues.Keys]);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_lock)
        {
            IReadOnlyList<Delivery> seen = _queues.TryGetValue(queue, out var known) ? [.. known.Waiting().Take(limit).Select(waiting => waiting.Again(waiting.IsRedelivered))] : [];
            return new ValueTask<IReadOnlyList<Delivery>>(seen);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentNullException.ThrowIfNull(handler);
        var kept = new Stack<MemoryDelivery>(); // out of the queue until the end, so that none is seen twice
        var taken = 0;
        try
        {
            var ready = await CountAsync(queue, cancellationToken).ConfigureAwait(false); // what the handler adds is not for this call
            for (var seen = 0; seen < Math.Min(limit, ready); seen++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (TakeNext(queue) is not { } delivery) break;
                kept.Push(delivery);
                var settlement = await handler(delivery, cancellationToken).ConfigureAwait(false);
                if (settlement == Settlement.Requeue) continue;
                kept.Pop();
                if (settlement == Settlement.Acknowledge) taken++;
                else lock (_lock) Bury(delivery);
            }

            return taken;
        }
        finally
        {
            PutBack(kept);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var removed = 0L;
            if (!_queues.TryGetValue(queue, out var known)) return new ValueTask<long>(removed);
            while (known.TryTake(out _)) removed++;
            return new ValueTask<long>(removed);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        lock (_lock)
        {
            var ready = _queues.TryGetValue(queue, out var known) ? known.Waiting().LongCount() : 0;
            return ready > most ? new ValueTask<long>(ready) : PurgeAsync(queue, cancellationToken); // the lock may be entered again
        }
    }

    private MemoryDelivery? TakeNext(string queue)
    {
        lock (_lock) return _queues.TryGetValue(queue, out var known) && known.TryTake(out var delivery) ? delivery : null;
    }

    // The last one first, so that the first ends up in front.
    private void PutBack(Stack<MemoryDelivery> kept)
    {
        lock (_lock)
        {
            foreach (var delivery in kept) delivery.Source.Return(delivery.Again(delivery.IsRedelivered));
            if (kept.TryPeek(out var any)) any.Source.Offer();
        }
    }
}
