using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;

namespace CeleryNet.RabbitMQ.Consuming;

/// <content>Follows what is to be consumed.</content>
internal sealed partial class ConsumeSession
{
    /// <summary>Told on the channel's own loop when a queue was left: nothing more of it comes.</summary>
    internal required Action<ConsumeSession, string> Left { get; init; }

    /// <summary>Consumes what is wanted and is not consumed yet, and leaves what is not wanted any more. A connection that breaks by it is replaced, and the next one consumes what is wanted.</summary>
    /// <exception cref="TaskQueueConfigurationException">A queue exists with other arguments.</exception>
    internal async Task AlignAsync(Func<IReadOnlyList<QueueDefinition>> wanted, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isStopping || !IsAlive) return;
            var queues = wanted(); // asked in turn, so that the last change wins
            foreach (var left in _consumers.Where(consumer => queues.All(queue => queue.Name != consumer.Queue.Name)).ToList())
            {
                _consumers.Remove(left);
                left.WasLeft = true;
                await CancelAsync(left).ConfigureAwait(false);
            }

            foreach (var added in queues.Where(queue => _consumers.TrueForAll(consumer => consumer.Queue.Name != queue.Name)).ToList())
            {
                await DeclareAsync(added).ConfigureAwait(false);
                if (_usesGlobalPrefetch && QueueArguments.IsQuorum(added)) await LeaveGlobalPrefetchAsync().ConfigureAwait(false);
                await ConsumeAsync(added).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is not (OperationCanceledException or TaskQueueConfigurationException))
        {
            _connection.Drop(CloseReasons.Describe(error));
        }
        finally
        {
            _turn.Release();
        }
    }

    // Quorum queues refuse a prefetch of the whole channel; one of each consumer is what they know.
    private async Task LeaveGlobalPrefetchAsync()
    {
        await _connection.AskAsync(_channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 0, global: true)).ConfigureAwait(false);
        _usesGlobalPrefetch = false;
        await SendPrefetchAsync().ConfigureAwait(false);
        await ConsumeAnewAsync().ConfigureAwait(false);
    }
}
