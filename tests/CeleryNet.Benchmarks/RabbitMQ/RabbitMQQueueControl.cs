using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Tasks;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.RabbitMQ;

internal sealed class RabbitMQQueueControl : IQueueControl
{
    private readonly RawPublisher _publisher;
    private readonly RawResults? _results;
    private readonly string _queue;

    private RabbitMQQueueControl(RawPublisher publisher, RawResults? results, string queue) => (_publisher, _results, _queue) = (publisher, results, queue);

    internal static async Task<RabbitMQQueueControl> OpenAsync(bool withResults = false, bool isQuorum = false)
    {
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        var queue = isQuorum ? TaskHost.QuorumQueue : TaskHost.Queue;
        await RawConnection.DeclareAsync(publisher.Channel, queue, isQuorum).ConfigureAwait(false);
        return new RabbitMQQueueControl(publisher, withResults ? await RawResults.OpenAsync().ConfigureAwait(false) : null, queue);
    }

    public async Task<int> CountAsync(CancellationToken deadline) => (int)await _publisher.Channel.MessageCountAsync(_queue, deadline).ConfigureAwait(false);

    public Task FillAsync(int count, CancellationToken deadline) => _publisher.PublishAsync(_queue, RawConnection.Properties(count), count, deadline);

    public async Task EmptyAsync(int expected, CancellationToken deadline)
    {
        var count = await _publisher.Channel.QueuePurgeAsync(_queue, deadline).ConfigureAwait(false);
        if (_results is not null) await _results.ClearAsync().ConfigureAwait(false);
        if (count != expected) throw new InvalidOperationException($"Queue '{_queue}' holds {count} messages instead of {expected}.");
    }

    // What a killed worker held comes back in the moment in which the server sees its end, and takes its consumer away.
    public async Task ClearAsync(CancellationToken deadline)
    {
        while (await _publisher.Channel.ConsumerCountAsync(_queue, deadline).ConfigureAwait(false) > 0) await Task.Delay(1, deadline).ConfigureAwait(false);
        await _publisher.Channel.QueuePurgeAsync(_queue, deadline).ConfigureAwait(false);
    }

    // Unacknowledged messages cannot be counted over AMQP; EmptyAsync finds them, returned, after the worker has stopped.
    public Task SettledAsync(CancellationToken deadline) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync().ConfigureAwait(false);
        if (_results is not null) await _results.DisposeAsync().ConfigureAwait(false);
    }
}
