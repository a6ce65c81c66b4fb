using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Delaying;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.RabbitMQ.Topology;
using Microsoft.Extensions.Logging;
using Log = CeleryNet.RabbitMQ.Diagnostics.Log;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>What a consumer has to do with delayed delivery: it binds its queues to it, and sends deliveries back into it.</summary>
internal sealed class ConsumerDelays(Publisher publisher, RabbitMQSettings settings, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan QuietTime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private (string Code, long Since)? _told;

    /// <summary>
    /// Binds the queue, so that what is due finds it again after it was deleted. Celery sends delayed tasks to quorum queues of topic and fanout exchanges and leaves the layout to the workers:
    /// for those all of it is declared. A refusal is logged; consuming goes on.
    /// </summary>
    internal async Task PrepareAsync(TopologyDeclarer topology, QueueDefinition queue)
    {
        if (queue.Exchange.Length == 0) return; // somebody's own, such as one for replies
        try
        {
            if (DelayedDestination.Of(queue) is { } itself) await topology.BindDelayedAsync(itself, settings.DelayQueueType).ConfigureAwait(false);
            if (QueueArguments.IsQuorum(queue) && DelayedDestination.OfCelery(queue) is { } celerys) await topology.DeclareDelayedAsync(celerys, settings.DelayQueueType).ConfigureAwait(false);
        }
        catch (TaskQueueConfigurationException error)
        {
            Log.DelayNotBound(logger, queue.Name, error.Reason);
        }
    }

    /// <summary>Sends the message into the delayed layout, to come back to its queue, and waits for the confirmation.</summary>
    /// <returns>False: the broker did not take it.</returns>
    internal async Task<bool> TryDelayAsync(RabbitMQDelivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var message = delivery.Message;
        if (message.Problem is not null || due - time.GetUtcNow() < TimeSpan.FromSeconds(1) || DelayedDestination.Of(delivery.Source) is not { } destination) return false;
        try
        {
            var properties = MessageProperties.OfReceived(message, delivery.IsProtocol2);
            var route = new Route("", delivery.Queue, delivery.Source);
            var publish = new SinglePublish(properties, message.Body, route, message.Id ?? "") { Delay = new Delay(destination, due) };
            await publisher.SendAsync(publish, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is TaskQueueException or ArgumentException or ObjectDisposedException)
        {
            if (IsNews((error as TaskQueueException)?.Code ?? error.GetType().Name))
                Log.ParkingFailed(logger, Printable.Limit(message.Id), delivery.Queue, (error as TaskQueueException)?.Reason ?? Printable.Limit(error.Message));
            return false;
        }
    }

    // Thousands may fail at once for one reason.
    private bool IsNews(string code)
    {
        lock (_gate)
        {
            if (_told is { } told && told.Code == code && time.GetElapsedTime(told.Since) < QuietTime) return false;
            _told = (code, time.GetTimestamp());
            return true;
        }
    }
}
