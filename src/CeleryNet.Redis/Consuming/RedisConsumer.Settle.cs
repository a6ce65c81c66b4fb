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
            if (settlement != Settlement.Requeue) _acknowledging.Add(own.Tag);
            return default;
        }

        // Redis has no dead-letter queue: a rejected message is dropped, as in Celery; the worker has stored the failure.
        if (settlement == Settlement.Requeue) _requeueing.Add(own.Tag);
        else _acknowledging.Add(own.Tag);
        Freed();
        return default;
    }

    private Task<RedisResult> AcknowledgeAsync(RedisSession session, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[tags.Count];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = tags[i];
        return session.EvaluateAsync(RedisScript.Acknowledge, [_keys.Unacked, _keys.UnackedIndex], arguments, cancellationToken);
    }
}
