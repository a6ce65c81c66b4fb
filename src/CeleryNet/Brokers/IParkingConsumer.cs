namespace CeleryNet.Brokers;

/// <summary>Optional power of a consumer: keeps a delivery at the broker until its time has come, instead of in the memory of the worker.</summary>
public interface IParkingConsumer
{
    /// <summary>
    /// Hands a delivery back to the broker, which gives it to any worker of the queue again when <paramref name="due"/> has come, at most 1 second before or after. It survives the worker
    /// and is no redelivery: <see cref="Delivery.IsRedelivered"/> does not become true by it.
    /// </summary>
    /// <returns>True: the delivery is settled and no longer the caller's. False: the broker could not take it now, and the delivery is the caller's as before.</returns>
    ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken);
}
