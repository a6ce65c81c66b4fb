using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using CeleryNet.Serialization;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer : IRewritingConsumer
{
    /// <inheritdoc/>
    public async ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken)
    {
        if (delivery is not RedisDelivery own) throw new ArgumentException("The delivery is not of this consumer.", nameof(delivery));
        ArgumentNullException.ThrowIfNull(message);
        if (own.KeptBodyBytes > 0) return false; // the body would be lost
        var entry = Entry(own, _keys.FlipsPriorities ? OnTheWire(message) : message);
        var mayBeRewritten = false;
        while (IsCurrent(own) && own.Holder.Holds(own))
        {
            try
            {
                var session = await _link.GetAsync(_options.CommandTimeout, cancellationToken).ConfigureAwait(false);
                var answer = await session.EvaluateAsync(RedisScript.Rewrite, [_keys.Unacked, _keys.Holders], [own.Holder.Id, own.Tag, entry], cancellationToken).ConfigureAwait(false);
                return !answer.IsNull && (int)answer == 1;
            }
            catch (Exception error) when (error is not (OperationCanceledException or ObjectDisposedException))
            {
                // Rewriting the same again is harmless, so after a lost answer it is asked again until it is known, or the lease has ended.
                Log.RoundFailed(_logger, "Rewrite", RedisFailure.Describe(error));
                mayBeRewritten |= RedisFailure.IsConnection(error) && !RedisFailure.WasNotWritten(error);
                if (!mayBeRewritten) return false;
            }
        }

        return false;
    }

    private TaskMessage OnTheWire(TaskMessage message)
    {
        var copy = message.CopyWithSameBody();
        copy.Priority = _keys.Flip(message.Priority);
        return copy;
    }

    // The envelope anew, with the mark that the old one had; what follows it stays, so that the message is restored to the queue it was taken from.
    private static byte[] Entry(RedisDelivery delivery, TaskMessage message)
    {
        using var buffer = WireBuffer.Rent();
        Envelope.Write(buffer.Json, message, delivery.Exchange, delivery.RoutingKey, TaskId.NewGuid());
        buffer.Flush();
        var envelope = delivery.IsRedelivered ? Redelivered.Mark(buffer.Span).Envelope : buffer.Span.ToArray();
        return [(byte)'[', .. envelope, .. System.Text.Encoding.UTF8.GetBytes(UnackedEntry.Suffix(delivery.Queue))];
    }
}
