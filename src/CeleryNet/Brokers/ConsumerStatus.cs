namespace CeleryNet.Brokers;

/// <summary>How a consumer is doing, for health checks and metrics.</summary>
/// <param name="IsConnected">True while the broker is known to deliver to this consumer.</param>
/// <param name="Generation">How often it connected, 1 for the first connection.</param>
/// <param name="LastDelivery">When the last delivery arrived; <c>null</c> before the first.</param>
/// <param name="StaleSettlements">Settlements dropped because their connection was lost.</param>
public readonly record struct ConsumerStatus(bool IsConnected, int Generation, DateTimeOffset? LastDelivery, long StaleSettlements);
