using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>RabbitMQ.Client alone: from the publish to the consumer's callback.</summary>
internal sealed class RawLatency : IContender
{
    private const string Queue = "bench.raw.latency";

    private readonly RawPublisher _publisher;
    private readonly IConnection _consuming;
    private readonly BasicProperties[] _properties = RawConnection.Properties(16);
    private TaskCompletionSource<long> _arrived = new();

    private RawLatency(RawPublisher publisher, IConnection consuming) => (_publisher, _consuming) = (publisher, consuming);

    public string Name => "RabbitMQ.Client, publish to callback";

    internal static async Task<RawLatency> OpenAsync()
    {
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        await RawConnection.DeclareAsync(publisher.Channel, Queue).ConfigureAwait(false);
        var contender = new RawLatency(publisher, await RawConnection.OpenAsync("bench-raw-latency").ConfigureAwait(false));
        var channel = await contender._consuming.CreateChannelAsync().ConfigureAwait(false);
        await channel.BasicQosAsync(0, 100, false).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            contender._arrived.TrySetResult(Stopwatch.GetTimestamp());
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false).ConfigureAwait(false);
        };
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer).ConfigureAwait(false);
        return contender;
    }

    public Task<Sample> RunAsync(int operations, CancellationToken deadline) => Pinger.RunAsync(operations, PingAsync, deadline);

    public async ValueTask DisposeAsync()
    {
        await _consuming.CloseAsync().ConfigureAwait(false);
        _consuming.Dispose();
        await _publisher.Channel.QueueDeleteAsync(Queue, ifUnused: false, ifEmpty: false).ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<long> PingAsync(CancellationToken deadline)
    {
        _arrived = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _publisher.PublishOneAsync(Queue, _properties[0], deadline).ConfigureAwait(false);
        return await _arrived.Task.ConfigureAwait(false);
    }
}
