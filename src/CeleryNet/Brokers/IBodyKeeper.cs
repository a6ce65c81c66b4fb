using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>
/// Optional power of a broker that has to hand out messages whole: a body over the limit stays with the broker, since a worker would only refuse it; see <see cref="ConsumerSettings.MayKeepBodies"/>.
/// </summary>
public interface IBodyKeeper
{
    /// <summary>Publishes a message with the body that was kept of a delivery, and takes the delivery away, in one step. Doing so again is harmless.</summary>
    /// <param name="delivery">A delivery with <see cref="Delivery.KeptBodyBytes"/> of this broker.</param>
    /// <param name="message">The message; its own body does not count.</param>
    /// <param name="route">A queue.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached, or does not take it.</exception>
    ValueTask PublishKeptAsync(Delivery delivery, TaskMessage message, Route route, CancellationToken cancellationToken);
}
