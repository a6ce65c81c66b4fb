using CeleryNet.Benchmarks.Harness;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>RabbitMQ.Client alone: persistent messages, 1 000 confirms in flight, own tracking of sequence numbers.</summary>
internal sealed class RawProduce : IContender
{
    private const string Queue = "bench.raw.produce";

    private readonly RawPublisher _publisher;
    private readonly BasicProperties[] _properties = RawConnection.Properties(256);

    private RawProduce(RawPublisher publisher) => _publisher = publisher;

    public string Name => "RabbitMQ.Client, own confirm tracking";

    internal static async Task<RawProduce> OpenAsync()
    {
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        await RawConnection.DeclareAsync(publisher.Channel, Queue).ConfigureAwait(false);
        return new RawProduce(publisher);
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var meter = Meter.Start();
        await _publisher.PublishAsync(Queue, _properties, operations, deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        await _publisher.Channel.QueuePurgeAsync(Queue, deadline).ConfigureAwait(false);
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.Channel.QueueDeleteAsync(Queue, ifUnused: false, ifEmpty: false).ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }
}
