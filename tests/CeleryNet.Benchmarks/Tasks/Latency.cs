using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>CeleryNet: from the call of <c>EnqueueAsync</c> to the begin of the task, or to its result in the hands of the caller.</summary>
internal sealed class Latency : IContender
{
    private readonly TaskHost _host;
    private readonly bool _toResult;

    private Latency(TaskHost host, bool toResult, string name) => (_host, _toResult, Name) = (host, toResult, name);

    public string Name { get; }

    /// <param name="broker">Broker.</param>
    /// <param name="results">Where results are kept; <see cref="TaskHost.NoResults"/> measures to the task's begin.</param>
    internal static async Task<Latency> OpenAsync(string broker, string results)
    {
        var toResult = results != TaskHost.NoResults;
        var host = await TaskHost.StartAsync(broker, results, withWorker: true, default).ConfigureAwait(false);
        return new Latency(host, toResult, toResult ? $"CeleryNet, to result ({new Uri(results).Scheme})" : "CeleryNet, to start");
    }

    public Task<Sample> RunAsync(int operations, CancellationToken deadline) => Pinger.RunAsync(operations, _toResult ? PingResultAsync : PingStartAsync, deadline);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<long> PingStartAsync(CancellationToken deadline)
    {
        var started = BenchTasks.ExpectStart();
        await _host.Client.EnqueueAsync(BenchTasks.StampTask(1), deadline).ConfigureAwait(false);
        return await started.ConfigureAwait(false);
    }

    private async Task<long> PingResultAsync(CancellationToken deadline)
    {
        var handle = await _host.Client.EnqueueAsync(BenchTasks.StampTask(1), deadline).ConfigureAwait(false);
        await handle.GetAsync(TimeSpan.FromSeconds(10), deadline).ConfigureAwait(false);
        return Stopwatch.GetTimestamp();
    }
}
