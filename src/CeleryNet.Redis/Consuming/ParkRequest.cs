namespace CeleryNet.Redis.Consuming;

/// <summary>A delivery that waits to be parked.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Due">When it is to come back.</param>
internal sealed record ParkRequest(RedisDelivery Delivery, DateTimeOffset Due)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True once it is parked; false when it stays with its holder.</summary>
    internal Task<bool> Done => _done.Task;

    internal void End(bool isParked) => _done.TrySetResult(isParked);
}
