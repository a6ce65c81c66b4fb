namespace CeleryNet.Brokers;

/// <summary>Optional power of a broker that takes deliveries back from consumers that are slow to settle them: says how slow is too slow, so that a worker can warn about tasks that may run longer.</summary>
public interface IDeliveryDeadline
{
    /// <summary>How long a delivery may stay unsettled; <c>null</c> when the broker waits for ever. It is what the options say, not what the server was asked.</summary>
    TimeSpan? LongestUnsettled { get; }
}
