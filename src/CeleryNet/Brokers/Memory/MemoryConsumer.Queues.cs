namespace CeleryNet.Brokers.Memory;

/// <content>Takes up queues and leaves them.</content>
internal sealed partial class MemoryConsumer : ISelectiveConsumer
{
    /// <inheritdoc/>
    public ValueTask AddQueueAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (_broker.Lock)
        {
            if (_isStopped) return ValueTask.CompletedTask;
            var added = _broker.QueueOf(queue);
            if (_queues.Contains(added)) return ValueTask.CompletedTask;
            _queues = [.. _queues, added];
            added.Attach(this);
            Fill();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CancelQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        lock (_broker.Lock)
        {
            if (_isStopped || Array.Find(_queues, known => known.Definition.Name == queue) is not { } left) return ValueTask.CompletedTask;
            _queues = [.. _queues.Where(other => other != left)];
            left.Detach(this);

            var unread = new List<MemoryDelivery>();
            for (var waiting = _channel.Reader.Count; waiting > 0 && _channel.Reader.TryRead(out var delivery); waiting--)
            {
                if (delivery.Queue == queue) unread.Add((MemoryDelivery)delivery); // it holds nothing else
                else _channel.Writer.TryWrite(delivery);
            }

            Return(unread, wereRead: false);
            left.Offer();
            Fill();
        }

        return ValueTask.CompletedTask;
    }
}
