using CeleryNet.Benchmarks.Harness;
using CeleryNet.Worker;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>CeleryNet's worker in its default settings, started on a full queue.</summary>
internal sealed class Consume(string broker, string results, IQueueControl queue) : IContender
{
    public string Name { get; init; } = results == TaskHost.NoResults ? "CeleryNet worker" : "CeleryNet worker, results";

    /// <summary>Changes the host.</summary>
    internal Action<TaskQueueBuilder>? Configure { get; init; }

    /// <summary>Changes the worker.</summary>
    internal Action<WorkerOptions>? ConfigureWorker { get; init; }

    /// <summary>How many messages lie behind those that are counted, and are thrown away in the end.</summary>
    internal int Behind { get; init; }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await queue.FillAsync(operations + Behind, deadline).ConfigureAwait(false);
        var arrivals = BenchTasks.Expect(operations);
        Sample sample;
        var host = await TaskHost.StartAsync(broker, results, withWorker: true, deadline, Configure, ConfigureWorker).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            sample = await arrivals.AllAsync(deadline).ConfigureAwait(false);
            if (Behind == 0)
            {
                await queue.SettledAsync(deadline).ConfigureAwait(false);
                sample = arrivals.Stop();
            }
        }

        if (Behind == 0) await queue.EmptyAsync(0, deadline).ConfigureAwait(false);
        else await queue.ClearAsync(deadline).ConfigureAwait(false);
        return sample;
    }

    public ValueTask DisposeAsync() => queue.DisposeAsync();
}
