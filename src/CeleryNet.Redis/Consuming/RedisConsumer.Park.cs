using CeleryNet.Brokers;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer : IParkingConsumer
{
    /// <inheritdoc/>
    public async ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (delivery is not RedisDelivery own) throw new ArgumentException("The delivery is not of this consumer.", nameof(delivery));
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsCurrent(own) || !own.Holder.Holds(own)) return false;

        // Not cancellable from here on: the caller would not know whose the delivery is. The wait ends with the server's answer, or with the lease.
        var isParked = await _parking.AddAsync(own, due).ConfigureAwait(false);
        if (isParked) _handing.Notice(due);
        return isParked;
    }

    // Off the books before the caller knows, so that the room is there for the next one.
    private void Parked(RedisDelivery delivery)
    {
        delivery.Holder.Remove(delivery);
        Freed();
    }
}
