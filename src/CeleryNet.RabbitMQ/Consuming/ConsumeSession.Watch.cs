using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;

namespace CeleryNet.RabbitMQ.Consuming;

/// <content>Keeps the consumers of a session alive: a connection may be well while the broker has forgotten who consumes.</content>
internal sealed partial class ConsumeSession
{
    private const int MaxMisses = 2;

    /// <summary>Runs until the connection is gone.</summary>
    /// <returns>Why it is gone.</returns>
    internal async Task<string> WatchAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping); // else what still waits here is kept by the consumer's token, session by session
        try
        {
            return await WatchWhileOpenAsync(interval, over.Token).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<string> WatchWhileOpenAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, _time);
        var tick = timer.WaitForNextTickAsync(stopping).AsTask();
        var cancelled = _cancelled.Reader.ReadAsync(stopping).AsTask();
        var misses = 0;
        while (true)
        {
            var first = await Task.WhenAny(Closed, cancelled, tick).ConfigureAwait(false);
            stopping.ThrowIfCancellationRequested();
            if (Closed.IsCompleted) return await Closed.ConfigureAwait(false);
            try
            {
                if (first == cancelled)
                {
                    await ReplaceAsync(await cancelled.ConfigureAwait(false)).ConfigureAwait(false);
                    cancelled = _cancelled.Reader.ReadAsync(stopping).AsTask();
                }
                else
                {
                    await tick.ConfigureAwait(false);
                    tick = timer.WaitForNextTickAsync(stopping).AsTask();
                    misses = await CheckAsync(misses).ConfigureAwait(false);
                    if (misses >= MaxMisses) _connection.Drop("the broker no longer knows the consumer");
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _connection.Drop((error as TaskQueueException)?.Reason ?? CloseReasons.Describe(error));
            }
        }
    }

    // The broker ended it, usually because the queue was deleted.
    private async Task ReplaceAsync(QueueConsumer consumer)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isStopping || !_consumers.Remove(consumer)) return;
            Log.ConsumerCancelled(_logger, _settings.NodeName, consumer.Queue.Name);
            await DeclareAsync(consumer.Queue).ConfigureAwait(false);
            await ConsumeAsync(consumer.Queue).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<List<QueueDefinition>> ConsumedAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return _consumers.ConvertAll(static consumer => consumer.Queue);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<int> CheckAsync(int misses)
    {
        if (_isStopping) return 0;
        foreach (var queue in await ConsumedAsync().ConfigureAwait(false))
        {
            var count = await _topology.CountConsumersAsync(queue.Name).ConfigureAwait(false);
            if (count > 0 || _isStopping || !(await ConsumedAsync().ConfigureAwait(false)).Contains(queue)) continue;
            Log.ConsumerMissing(_logger, _settings.NodeName, queue.Name, misses + 1);
            return misses + 1;
        }

        return 0;
    }
}
