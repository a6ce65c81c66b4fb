using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Tasks;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>MassTransit's consumer, started on a full queue of RabbitMQ.</summary>
internal sealed class MassTransitConsume : IContender
{
    private readonly MassTransitBus _sending;
    private readonly RawPublisher _control;

    private MassTransitConsume(MassTransitBus sending, RawPublisher control) => (_sending, _control) = (sending, control);

    public string Name => "MassTransit consumer";

    internal static async Task<MassTransitConsume> OpenAsync() => new(
        await MassTransitBus.StartAsync(inMemory: false, consumes: false, default).ConfigureAwait(false), await RawPublisher.OpenAsync().ConfigureAwait(false));

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await _sending.SendAsync(operations, deadline).ConfigureAwait(false);
        var arrivals = BenchTasks.Expect(operations);
        Sample sample;
        var consuming = await MassTransitBus.StartAsync(inMemory: false, consumes: true, deadline).ConfigureAwait(false);
        await using (consuming.ConfigureAwait(false)) sample = await arrivals.AllAsync(deadline).ConfigureAwait(false);
        var count = await _control.Channel.QueuePurgeAsync(MassTransitBus.Queue, deadline).ConfigureAwait(false);
        return count == 0 ? sample : throw new InvalidOperationException($"Queue '{MassTransitBus.Queue}' still holds {count} messages.");
    }

    public async ValueTask DisposeAsync()
    {
        await _sending.DisposeAsync().ConfigureAwait(false);
        await _control.DisposeAsync().ConfigureAwait(false);
    }
}
