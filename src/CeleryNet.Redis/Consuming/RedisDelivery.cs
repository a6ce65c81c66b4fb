using CeleryNet.Brokers;

namespace CeleryNet.Redis.Consuming;

/// <summary>A delivery and what it is settled by.</summary>
internal sealed class RedisDelivery : Delivery
{
    /// <summary>Who took it.</summary>
    internal required Holder Holder { get; init; }

    /// <summary>Number of its tag.</summary>
    internal required long Number { get; init; }

    internal string Tag => Holder.Tag(Number);
}
