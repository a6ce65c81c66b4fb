using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Broadcasting;
using CeleryNet.RabbitMQ.Publishing;

namespace CeleryNet.RabbitMQ;

/// <content>Broadcasts: sent over the publishing connection, heard over one that all listeners share, so that consuming tasks is not disturbed.</content>
public sealed partial class RabbitMQBroker
{
    /// <inheritdoc/>
    /// <remarks>Confirmed like a task, but transient and not mandatory. It waits no longer than the publish timeout.</remarks>
    /// <exception cref="TaskQueueConfigurationException">The exchange exists with other properties.</exception>
    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        var route = new Route(message.Exchange.Name, message.RoutingKey, null);
        try
        {
            AmqpTable.ShortLength(route.Exchange);
            AmqpTable.ShortLength(route.RoutingKey);
            var publish = new SinglePublish(MessageProperties.Of(message), message.Body, route, "", isMandatory: false) { Broadcast = message.Exchange };
            await _publisher.SendAsync(publish, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (ArgumentException error)
        {
            throw new MessageFormatException(ErrorCodes.BadValue, $"The broadcast to '{Printable.Limit(route.Exchange)}' was not sent: {error.Message}. Correct it.", error);
        }
        catch (PublishException error)
        {
            throw new BrokerUnavailableException(ErrorCodes.BrokerUnavailable, error.Reason, error);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The queue is exclusive, so that it goes with its listener, and brokers that refuse shared transient queues take it. When another listener has a queue of that name, such as a node of the same
    /// name or one whose connection the broker still believes in, the queue gets a name of its own, and both hear everything.
    /// </remarks>
    /// <exception cref="TaskQueueConfigurationException">The exchange exists with other properties.</exception>
    public async ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(receive);
        return await BroadcastListener.StartAsync(queue, receive, _listeners, cancellationToken).ConfigureAwait(false);
    }
}
