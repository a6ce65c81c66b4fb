namespace CeleryNet.Brokers;

/// <summary>Optional power of a broker: says after what time it takes an unsettled delivery back, whatever its consumer does, such as RabbitMQ's <c>consumer_timeout</c>.</summary>
public interface IDeliveryDeadline
{
    /// <summary>How long a delivery may stay unsettled; <c>null</c> for as long as it takes, or when that is not known.</summary>
    TimeSpan? LongestUnsettled { get; }
}
