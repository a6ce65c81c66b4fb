using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Consuming;
using StackExchange.Redis;

namespace CeleryNet.Redis;

/// <content>Bodies that stay in Redis.</content>
public sealed partial class RedisBroker : IBodyKeeper
{
    /// <inheritdoc/>
    /// <remarks>One script puts the body into the new envelope, into the list, and takes the delivery out of <c>unacked</c>.</remarks>
    public async ValueTask PublishKeptAsync(Delivery delivery, TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        if (delivery is not RedisDelivery { KeptBodyBytes: > 0 } own) throw new ArgumentException("The delivery is not one whose body this broker has kept.", nameof(delivery));
        ArgumentNullException.ThrowIfNull(message);
        if (route.Exchange.Length > 0) throw new ArgumentException($"The body can be moved to a queue, not to exchange '{route.Exchange}'.", nameof(route));
        ThrowIfDisposed();
        var bare = message.CopyWithSameBody();
        bare.Body = default;
        var push = PushOf(bare, route);
        RedisKey list = _keys.List(route.RoutingKey, push.Step);
        if (route.Queue is { } queue) await DeclareAsync(queue, cancellationToken).ConfigureAwait(false);
        _ = await AskAsync(
            $"message {message.Id} was not moved to queue '{route.RoutingKey}'",
            session => session.EvaluateAsync(RedisScript.MoveKept, [_keys.Unacked, _keys.UnackedIndex, list], [own.Tag, push.Envelope], cancellationToken),
            cancellationToken).ConfigureAwait(false);
        if (_limits.Of(route.RoutingKey) is not { } most) return;
        _ = await AskAsync(
            $"queue '{route.RoutingKey}' was not cut to its limit",
            session => session.EvaluateAsync(RedisScript.Push, [list, .. _keys.Lists(route.RoutingKey).Where(other => other != list)], [most], cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }
}
