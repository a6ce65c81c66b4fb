using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.RabbitMQ;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>MassTransit's client on RabbitMQ.</summary>
internal sealed class MassTransitProduce : IContender
{
    private readonly MassTransitBus _bus;
    private readonly RawPublisher _control;

    private MassTransitProduce(MassTransitBus bus, RawPublisher control) => (_bus, _control) = (bus, control);

    public string Name => "MassTransit, Send";

    internal static async Task<MassTransitProduce> OpenAsync() => new(
        await MassTransitBus.StartAsync(inMemory: false, consumes: false, default).ConfigureAwait(false), await RawPublisher.OpenAsync().ConfigureAwait(false));

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var meter = Meter.Start();
        await _bus.SendAsync(operations, deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        var count = await _control.Channel.QueuePurgeAsync(MassTransitBus.Queue, deadline).ConfigureAwait(false);
        return count == operations ? sample : throw new InvalidOperationException($"Queue '{MassTransitBus.Queue}' holds {count} messages instead of {operations}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync().ConfigureAwait(false);
        await _control.DisposeAsync().ConfigureAwait(false);
    }
}
