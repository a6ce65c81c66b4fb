using CeleryNet.Brokers;

namespace CeleryNet.Sql.Consuming;

/// <content>Takes up queues and leaves them.</content>
internal sealed partial class SqlConsumer : ISelectiveConsumer
{
    /// <inheritdoc/>
    public async ValueTask AddQueueAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (_isStopped != 0) return;
        await Declare(queue, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (_queues.Contains(queue.Name)) return;
            Volatile.Write(ref _queues, [.. _queues, queue.Name]);
        }

        Heard(null); // what it holds, and what is due in it
    }

    /// <inheritdoc/>
    public async ValueTask CancelQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        lock (_lock)
        {
            if (!_queues.Contains(queue)) return;
            Volatile.Write(ref _queues, [.. _queues.Where(other => other != queue)]);
        }

        if (_isStopped != 0) return;
        await _taking.WaitAsync(cancellationToken).ConfigureAwait(false); // what is being taken at the moment is delivered first
        try
        {
            DropUnread(delivery => delivery.Queue == queue);
            await ReturnUnknownAsync(_database.Options.CommandTimeout, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _taking.Release();
        }

        Look(); // for the others, which have its room
    }
}
