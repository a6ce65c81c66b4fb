using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>Tasks that wait 10 ms each, so many at once: over the memory broker, or by loops of nothing but the wait, which is the ideal on this machine.</summary>
internal sealed class Waits : IContender
{
    private const int Milliseconds = 10;

    private readonly TaskHost? _host;
    private readonly int _concurrency;

    private Waits(TaskHost? host, int concurrency) => (_host, _concurrency) = (host, concurrency);

    public string Name => _host is null ? $"{_concurrency} loops of Task.Delay" : $"CeleryNet, concurrency {_concurrency}";

    internal static Waits Ideal(int concurrency) => new(null, concurrency);

    internal static async Task<Waits> OpenAsync(int concurrency) => new(
        await TaskHost.StartAsync("memory://", TaskHost.NoResults, withWorker: true, default, configureWorker: worker => worker.Concurrency = concurrency).ConfigureAwait(false),
        concurrency);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var arrivals = BenchTasks.Expect(operations);
        if (_host is null) await Task.WhenAll(Enumerable.Range(0, _concurrency).Select(_ => LoopAsync(operations / _concurrency, deadline))).WaitAsync(deadline).ConfigureAwait(false);
        else await _host.Client.EnqueueManyAsync(Enumerable.Range(0, operations).Select(_ => BenchTasks.WaitTask(Milliseconds)), deadline).ConfigureAwait(false);
        return await arrivals.AllAsync(deadline).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? default;

    private static async Task LoopAsync(int count, CancellationToken deadline)
    {
        for (var i = 0; i < count; i++) await BenchTasks.WaitAsync(Milliseconds, deadline).ConfigureAwait(false);
    }
}
