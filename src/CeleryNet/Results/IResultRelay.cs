using CeleryNet.Brokers;

namespace CeleryNet.Results;

/// <summary>
/// Optional power of a consumer whose messages and results are kept by one server: it stores the result of a task, publishes what follows it and acknowledges its message in one step, where there would
/// be a round trip for each. Either all of it has happened or nothing.
/// </summary>
public interface IResultRelay
{
    /// <summary>True when the store keeps its results where this consumer's messages come from. The same for as long as both live.</summary>
    /// <param name="results">The store.</param>
    bool CanRelay(IResultBackend results);

    /// <summary>
    /// Stores the result, publishes the message and acknowledges the delivery. Where its queue is empty and the worker has nothing else to do, the message may be delivered to this consumer at once, as a message that was taken:
    /// registered as unacknowledged in the same step, so that it is lost no more than one that came through the queue.
    /// </summary>
    /// <param name="delivery">What is acknowledged; settling it again does nothing. <c>null</c> when nothing is.</param>
    /// <param name="results">A store for which <see cref="CanRelay"/> is true.</param>
    /// <param name="result">A SUCCESS; <c>null</c> when none is to be stored.</param>
    /// <param name="next">The message.</param>
    /// <param name="cancellationToken">Stops nothing that is on its way.</param>
    /// <returns>False when it was not done, or perhaps was, but nobody knows: the caller does it step by step, as each may be repeated.</returns>
    ValueTask<bool> TryRelayAsync(Delivery? delivery, IResultBackend results, TaskResult? result, OutgoingMessage next, CancellationToken cancellationToken);
}
