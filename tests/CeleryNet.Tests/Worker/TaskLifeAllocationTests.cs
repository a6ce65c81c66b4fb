using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Worker;

/// <summary>Pins what a whole task costs: call, message, encoded body, dispatch and end, without a server. Runs alone, since it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(TaskLifeAllocationTests), DisableParallelization = true)]
[Collection(nameof(TaskLifeAllocationTests))]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The hosts of the test dispose it.")]
public sealed class TaskLifeAllocationTests : WorkerSuite
{
    private const int Count = 2000;

    private readonly MemoryBroker _broker = new(TimeProvider.System);

    protected override void Use(TaskQueueBuilder queue) => queue.UseBroker(_ => _broker).UseResults(_ => new DisabledResultBackend());

    [Fact]
    public async Task Task_FromCallToEnd_AllocatesLittle()
    {
        const int limit = 1600; // 1 400 to 1 470 were measured
        var (left, ended) = (0, new TaskCompletionSource());
        var host = await StartAsync(new DelegateHandler("tasks.add", _ =>
        {
            if (Interlocked.Decrement(ref left) == 0) ended.SetResult();
            return default;
        }));

        var each = new List<long>();
        for (var round = 0; round < 7; round++)
        {
            (left, ended) = (Count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Count; i++) await host.Client.EnqueueAsync(Calls.Add(1, 2));
            await ended.Task.Within(TimeSpan.FromSeconds(30));
            if (round >= 2) each.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / Count); // the first two fill pools
        }

        each.Order().ElementAt(each.Count / 2).Should().BeLessThan(limit, "{0} were measured", string.Join(", ", each));
    }
}
