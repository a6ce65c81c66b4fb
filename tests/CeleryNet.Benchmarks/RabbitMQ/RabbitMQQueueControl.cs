using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Tasks;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.RabbitMQ;

internal sealed class RabbitMQQueueControl : IQueueControl
{
    private readonly RawPublisher _publisher;
    private readonly RawResults? _results;

    private RabbitMQQueueControl(RawPublisher publisher, RawResults? results) => (_publisher, _results) = (publisher, results);

    internal static async Task<RabbitMQQueueControl> OpenAsync(bool withResults = false)
    {
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        await RawConnection.DeclareAsync(publisher.Channel, TaskHost.Queue).ConfigureAwait(false);
        return new RabbitMQQueueControl(publisher, withResults ? await RawResults.OpenAsync().ConfigureAwait(false) : null);
    }

    public Task FillAsync(int count, CancellationToken deadline) => _publisher.PublishAsync(TaskHost.Queue, RawConnection.Properties(count), count, deadline);

    public async Task EmptyAsync(int expected, CancellationToken deadline)
    {
        var count = await _publisher.Channel.QueuePurgeAsync(TaskHost.Queue, deadline).ConfigureAwait(false);
        if (_results is not null) await _results.ClearAsync().ConfigureAwait(false);
        if (count != expected) throw new InvalidOperationException($"Queue '{TaskHost.Queue}' holds {count} messages instead of {expected}.");
    }

    // Unacknowledged messages cannot be counted over AMQP; EmptyAsync finds them, returned, after the worker has stopped.
    public Task SettledAsync(CancellationToken deadline) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync().ConfigureAwait(false);
        if (_results is not null) await _results.DisposeAsync().ConfigureAwait(false);
    }
}
