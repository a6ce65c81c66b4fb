using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>CeleryNet's worker in its default settings, started on a full queue.</summary>
internal sealed class Consume(string broker, string results, IQueueControl queue) : IContender
{
    public string Name => results == TaskHost.NoResults ? "CeleryNet worker" : "CeleryNet worker, results";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await queue.FillAsync(operations, deadline).ConfigureAwait(false);
        var arrivals = BenchTasks.Expect(operations);
        Sample sample;
        var host = await TaskHost.StartAsync(broker, results, withWorker: true, deadline).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await arrivals.AllAsync(deadline).ConfigureAwait(false);
            await queue.SettledAsync(deadline).ConfigureAwait(false);
            sample = arrivals.Stop();
        }

        await queue.EmptyAsync(0, deadline).ConfigureAwait(false);
        return sample;
    }

    public ValueTask DisposeAsync() => queue.DisposeAsync();
}
