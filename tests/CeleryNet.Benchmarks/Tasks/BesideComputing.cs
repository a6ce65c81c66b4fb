using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>From the call of <c>EnqueueAsync</c> to the begin of a short task on the memory broker, while other tasks of the same worker compute without a pause.</summary>
internal sealed class BesideComputing : IContender
{
    private const int Milliseconds = 200;

    private readonly TaskHost _host;
    private readonly int _computing;

    private BesideComputing(TaskHost host, int computing) => (_host, _computing) = (host, computing);

    public string Name => _computing == 0 ? "short tasks alone" : $"short tasks beside {_computing} that compute";

    internal static async Task<BesideComputing> OpenAsync(int computing) =>
        new(await TaskHost.StartAsync("memory://", TaskHost.NoResults, withWorker: true, default).ConfigureAwait(false), computing);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        if (_computing > 0) await BenchTasks.ComputeOnAsync(_host.Client, _computing, Milliseconds, deadline).ConfigureAwait(false);
        try
        {
            return await Pinger.RunAsync(operations, PingAsync, deadline).ConfigureAwait(false);
        }
        finally
        {
            await BenchTasks.StopComputingAsync(deadline).ConfigureAwait(false); // the last ones must not run into the other contender's turn
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<long> PingAsync(CancellationToken deadline)
    {
        var started = BenchTasks.ExpectStart();
        await _host.Client.EnqueueAsync(BenchTasks.StampTask(1), deadline).ConfigureAwait(false);
        return await started.ConfigureAwait(false);
    }
}
