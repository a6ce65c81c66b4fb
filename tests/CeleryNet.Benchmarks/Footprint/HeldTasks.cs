using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Footprint;

/// <summary>The managed memory that each task costs a worker when it is due in an hour: what a full collection leaves, before and after the tasks came.</summary>
/// <param name="broker">Broker.</param>
/// <param name="queue">The broker's queue from outside; <c>null</c> when there is no outside.</param>
internal sealed class HeldTasks(string broker, IQueueControl? queue) : IContender
{
    public string Name => $"CeleryNet, {new Uri(broker).Scheme}";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var host = await TaskHost.StartAsync(broker, TaskHost.NoResults, withWorker: true, deadline).ConfigureAwait(false);
        Sample sample;
        await using (host.ConfigureAwait(false))
        {
            var before = Collected();
            var meter = Meter.Start();
            await host.Client.EnqueueManyAsync(Enumerable.Range(0, operations).Select(_ => BenchTasks.AddTask(1, 2).With(options => options.Countdown = TimeSpan.FromHours(1))), deadline)
                .ConfigureAwait(false);
            while (queue is not null && await queue.CountAsync(deadline).ConfigureAwait(false) > 0) await Task.Delay(10, deadline).ConfigureAwait(false);
            sample = meter.Stop(operations) with { MemoryBytes = Collected() - before };
        }

        if (queue is not null) await queue.ClearAsync(deadline).ConfigureAwait(false);
        return sample;
    }

    public ValueTask DisposeAsync() => queue?.DisposeAsync() ?? default;

    private static long Collected()
    {
        Meter.Settle();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
