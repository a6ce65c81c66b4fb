using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Topology;

namespace CeleryNet.RabbitMQ.Consuming;

/// <content>Takes up queues and leaves them.</content>
internal sealed partial class RabbitMQConsumer : ISelectiveConsumer
{
    private IReadOnlyList<QueueDefinition> _queues; // what is to be consumed; the session follows. Replaced under the lock

    /// <inheritdoc/>
    public async ValueTask AddQueueAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (!Change(queues => queues.Any(known => known.Name == queue.Name) ? null : [.. queues, queue])) return;
        try
        {
            await AlignAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TaskQueueConfigurationException)
        {
            Change(queues => [.. queues.Where(known => known != queue)]); // or the next connection would fail by it
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask CancelQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        if (Change(queues => queues.Any(known => known.Name == queue) ? [.. queues.Where(known => known.Name != queue)] : null)) await AlignAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool Change(Func<IReadOnlyList<QueueDefinition>, IReadOnlyList<QueueDefinition>?> change)
    {
        lock (_gate)
        {
            if (_isStopped || change(_queues) is not { } changed) return false;
            _queues = changed;
            return true;
        }
    }

    // Without a session there is nothing to do: the next one begins with what is to be consumed by then.
    private async Task AlignAsync(CancellationToken cancellationToken)
    {
        ConsumeSession? session;
        lock (_gate) session = _session;
        if (session is not null) await session.AlignAsync(Current, cancellationToken).ConfigureAwait(false);
    }

    private IReadOnlyList<QueueDefinition> Current()
    {
        lock (_gate) return _queues;
    }

    // Runs on the loop that hands over what arrives on the channel, so nothing new comes in between.
    private void ReturnUnread(ConsumeSession session, string queue)
    {
        for (var waiting = _deliveries.Reader.Count; waiting > 0 && _deliveries.Reader.TryRead(out var delivery); waiting--)
        {
            if (delivery.Queue == queue && delivery is RabbitMQDelivery own && own.Session == session) session.Settle(own.Entry, Settlement.Requeue);
            else if (!_deliveries.Writer.TryWrite(delivery) && delivery is RabbitMQDelivery late) late.Session.Settle(late.Entry, Settlement.Requeue); // the consumer has just been stopped
        }
    }
}
