using CeleryNet.Brokers;
using CeleryNet.Redis.Layout;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Consuming;

/// <summary>A delivery and what it is settled by.</summary>
internal sealed class RedisDelivery : Delivery
{
    /// <summary>Who took it.</summary>
    internal required Holder Holder { get; init; }

    /// <summary>Number of its tag.</summary>
    internal required long Number { get; init; }

    internal string Tag => Holder.Tag(Number);

    /// <summary>A message that a holder took.</summary>
    internal static RedisDelivery Taken(byte[] envelope, string queue, Holder holder, long number, RedisKeys keys, WireOptions wire, long keptBodyBytes = 0)
    {
        var content = Envelope.Read(envelope, wire);
        content.Message.Priority = keys.Flip(content.Message.Priority);
        if (keptBodyBytes > 0) content.Message.Problem ??= $"the body has {keptBodyBytes} bytes, more than the limit of {wire.MaxBodyBytes} (MaxBodyBytes)";
        return new RedisDelivery
        {
            Message = content.Message,
            Queue = queue,
            Exchange = content.Exchange,
            RoutingKey = content.RoutingKey,
            IsRedelivered = content.IsRedelivered,
            Generation = holder.Generation,
            Holder = holder,
            Number = number,
            KeptBodyBytes = keptBodyBytes,
        };
    }

    /// <summary>A message that stays where it is.</summary>
    internal static Delivery Seen(byte[] envelope, string queue, RedisKeys keys, WireOptions wire)
    {
        var content = Envelope.Read(envelope, wire);
        content.Message.Priority = keys.Flip(content.Message.Priority);
        return new Delivery { Message = content.Message, Queue = queue, Exchange = content.Exchange, RoutingKey = content.RoutingKey, IsRedelivered = content.IsRedelivered };
    }
}
