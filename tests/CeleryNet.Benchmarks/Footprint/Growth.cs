using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Footprint;

/// <summary>What is resident after a round of tasks beyond what was before it, both after a full collection. Client and worker are this process and stay for all rounds.</summary>
internal sealed class Growth : IContender
{
    private const int AtOnce = 20_000; // the tasks that wait must not be what is measured

    private readonly TaskHost _host;

    private Growth(TaskHost host, string name) => (_host, Name) = (host, name);

    public string Name { get; }

    internal static async Task<Growth> OpenAsync(string broker) =>
        new(await TaskHost.StartAsync(broker, TaskHost.NoResults, withWorker: true, default).ConfigureAwait(false), $"CeleryNet, {new Uri(broker).Scheme}");

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var before = Resident();
        var meter = Meter.Start();
        for (var left = operations; left > 0; left -= AtOnce)
        {
            var count = Math.Min(AtOnce, left);
            var arrivals = BenchTasks.Expect(count);
            await _host.Client.EnqueueManyAsync(Enumerable.Range(0, count).Select(_ => BenchTasks.AddTask(1, 2)), deadline).ConfigureAwait(false);
            await arrivals.AllAsync(deadline).ConfigureAwait(false);
        }

        return meter.Stop(operations) with { MemoryBytes = Resident() - before };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static long Resident()
    {
        Meter.Settle();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // gives back what the heap only keeps for later
        return ProcessUsage.Memory(Environment.ProcessId);
    }
}
