using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer
{
    /// <inheritdoc/>
    public bool IsCurrent(Delivery delivery) => !_isDisposed && delivery is RedisDelivery own && IsHeld(own);

    private bool IsHeld(RedisDelivery delivery) => delivery.Holder == _holder && delivery.Holder.IsCurrent;

    /// <inheritdoc/>
    public ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        if (delivery is not RedisDelivery own) throw new ArgumentException("The delivery is not of this consumer.", nameof(delivery));
        if (!own.Holder.Remove(own)) return default;

        if (_isDisposed || own.Holder != _holder || !own.Holder.IsCurrent)
        {
            // The lease is lost and the message goes, or went, to somebody else. If it has not gone yet, an acknowledgement still spares the second run: the tag is unique,
            // so nothing else can be hit.
            Interlocked.Increment(ref _staleSettlements);
            if (settlement != Settlement.Requeue) _acknowledging.Add(own);
            return default;
        }

        // Redis has no dead-letter queue: a rejected message is dropped, as in Celery; the worker has stored the failure.
        if (settlement == Settlement.Requeue) _requeueing.Add(own);
        else _acknowledging.Add(own);
        Freed();
        return default;
    }

    // A batch is nearly always of one holder; late acknowledgements of a lost one may be among them.
    private async Task AcknowledgeAsync(RedisSession session, IReadOnlyList<RedisDelivery> deliveries, CancellationToken cancellationToken)
    {
        for (var done = 0; done < deliveries.Count;)
        {
            var holder = deliveries[done].Holder;
            var end = done + 1;
            while (end < deliveries.Count && deliveries[end].Holder == holder) end++;
            var arguments = new RedisValue[end - done + 1];
            arguments[0] = holder.TagStart;
            for (var i = 1; i < arguments.Length; i++) arguments[i] = deliveries[done++].Number;
            await session.EvaluateAsync(RedisScript.Settled, [_keys.Unacked, _keys.UnackedIndex], arguments, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<string> TagsOf(IReadOnlyList<RedisDelivery> deliveries) => [.. deliveries.Select(static delivery => delivery.Tag)];
}
