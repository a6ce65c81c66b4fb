using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>MassTransit within one process: 1 000 callers send while a consumer runs; ends with the last run.</summary>
internal sealed class MassTransitMemory : IContender
{
    private readonly MassTransitBus _bus;

    private MassTransitMemory(MassTransitBus bus) => _bus = bus;

    public string Name => "MassTransit, in memory";

    internal static async Task<MassTransitMemory> OpenAsync() => new(await MassTransitBus.StartAsync(inMemory: true, consumes: true, default).ConfigureAwait(false));

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var arrivals = BenchTasks.Expect(operations);
        var meter = Meter.Start();
        await _bus.SendAsync(operations, deadline).ConfigureAwait(false);
        await arrivals.AllAsync(deadline).ConfigureAwait(false);
        return meter.Stop(operations);
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
