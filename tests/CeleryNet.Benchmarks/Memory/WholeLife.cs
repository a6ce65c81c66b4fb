using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Memory;

/// <summary>CeleryNet's embedded broker: 1 000 callers enqueue while a worker of the same process runs the tasks; ends with the last run.</summary>
internal sealed class WholeLife : IContender
{
    private const int Callers = 1000;

    private readonly TaskHost _host;
    private readonly bool _withResults;

    private WholeLife(TaskHost host, bool withResults) => (_host, _withResults) = (host, withResults);

    public string Name => _withResults ? "CeleryNet, memory broker and results" : "CeleryNet, memory broker";

    internal static async Task<WholeLife> OpenAsync(bool withResults) =>
        new(await TaskHost.StartAsync("memory://", withResults ? "memory://" : TaskHost.NoResults, withWorker: true, default).ConfigureAwait(false), withResults);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var count = Math.Max(1, operations / Callers);
        var arrivals = BenchTasks.Expect(count * Callers);
        var client = _host.Client;
        var meter = Meter.Start();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => SendAsync(client, count))).WaitAsync(deadline).ConfigureAwait(false);
        await arrivals.AllAsync(deadline).ConfigureAwait(false);
        return meter.Stop(count * Callers);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static async Task SendAsync(ITaskClient client, int count)
    {
        for (var i = 0; i < count; i++) await client.EnqueueAsync(BenchTasks.AddTask(1, 2)).ConfigureAwait(false);
    }
}
