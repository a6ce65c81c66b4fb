using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Memory;

/// <summary>1 000 callers enqueue while a worker of the same process runs the tasks, by default over CeleryNet's embedded broker; ends with the last run.</summary>
internal sealed class WholeLife : IContender
{
    private const int Callers = 1000;

    private readonly TaskHost _host;

    private WholeLife(TaskHost host, string name) => (_host, Name) = (host, name);

    public string Name { get; }

    internal static async Task<WholeLife> OpenAsync(bool withResults) => new(
        await TaskHost.StartAsync("memory://", withResults ? "memory://" : TaskHost.NoResults, withWorker: true, default).ConfigureAwait(false),
        withResults ? "CeleryNet, memory broker and results" : "CeleryNet, memory broker");

    /// <param name="url">Broker and results.</param>
    /// <param name="name">Shown in the table.</param>
    internal static async Task<WholeLife> OpenAsync(string url, string name) => new(await TaskHost.StartAsync(url, url, withWorker: true, default).ConfigureAwait(false), name);

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
