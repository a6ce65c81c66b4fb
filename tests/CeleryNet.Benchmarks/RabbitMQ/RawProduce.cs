using CeleryNet.Benchmarks.Harness;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>RabbitMQ.Client alone: persistent messages, 1 000 confirms in flight, own tracking of sequence numbers.</summary>
internal sealed class RawProduce : IContender
{
    private const string ClassicQueue = "bench.raw.produce";

    private readonly RawPublisher _publisher;
    private readonly BasicProperties[] _properties = RawConnection.Properties(256);

    private readonly string _queue;

    private RawProduce(RawPublisher publisher, string queue) => (_publisher, _queue) = (publisher, queue);

    public string Name => "RabbitMQ.Client, own confirm tracking";

    internal static async Task<RawProduce> OpenAsync(bool isQuorum = false)
    {
        var queue = isQuorum ? ClassicQueue + ".quorum" : ClassicQueue;
        var publisher = await RawPublisher.OpenAsync().ConfigureAwait(false);
        await RawConnection.DeclareAsync(publisher.Channel, queue, isQuorum).ConfigureAwait(false);
        return new RawProduce(publisher, queue);
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var meter = Meter.Start();
        await _publisher.PublishAsync(_queue, _properties, operations, deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        await _publisher.Channel.QueuePurgeAsync(_queue, deadline).ConfigureAwait(false);
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.Channel.QueueDeleteAsync(_queue, ifUnused: false, ifEmpty: false).ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }
}
