using System.Collections.Concurrent;
using System.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

public abstract partial class WorkerContract
{
    [SkippableFact]
    public async Task RateLimit_SpacesTheStartsAndDelaysNoOtherTask()
    {
        var spacing = TimeSpan.FromMilliseconds(250);
        var starts = new ConcurrentQueue<TimeSpan>();
        var began = Stopwatch.GetTimestamp();
        var limited = DelegateHandler.Returning(
            "limited",
            context =>
            {
                starts.Enqueue(Stopwatch.GetElapsedTime(began));
                return Task.FromResult($"{Note(context)}");
            },
            new TaskPolicy { RateLimit = TaskRate.Parse("4/s") });
        var host = await StartAsync(worker => worker.Prefetch = 4, limited, DelegateHandler.Returning("free", _ => Task.FromResult("ran")));
        began = Stopwatch.GetTimestamp();
        var waiting = new List<TaskHandle>();
        for (var i = 0; i < 12; i++) waiting.Add(await host.Client.EnqueueByNameAsync("limited")); // three times what the prefetch allows

        var free = await host.Client.EnqueueByNameAsync("free");
        await free.GetAsync(Deadline.Usual);
        var startedBefore = starts.Count;
        foreach (var handle in waiting) await handle.GetAsync(TimeSpan.FromSeconds(20));

        startedBefore.Should().BeLessThan(12, "it waited for none of those in front of it");
        waiting.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
        var inOrder = starts.Order().ToList();
        for (var i = 1; i < inOrder.Count; i++) inOrder[i].Should().BeGreaterThanOrEqualTo((spacing * i) - TimeSpan.FromMilliseconds(10), "start {0} is not before its turn", i + 1);
    }

    [SkippableFact]
    public async Task RateLimit_BeyondTheHoldWindow_RunsEachOnce()
    {
        var task = DelegateHandler.Returning("limited", context => Task.FromResult($"{Note(context)} {context.IsRedelivered}"), new TaskPolicy { RateLimit = TaskRate.Parse("2/s") });
        var host = await StartAsync(worker => worker.HoldWindow = TimeSpan.FromSeconds(2), task);

        var handles = await host.Client.EnqueueManyAsync(Enumerable.Range(0, 12).Select(_ => new Signature(new TaskDefinition("limited"), TaskArguments.None)));

        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(40));
        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
    }

    [SkippableFact]
    public async Task RateLimit_WhileATaskWaits_ItCanBeRevokedAndExpires()
    {
        var task = DelegateHandler.Returning("limited", context => Task.FromResult($"{Note(context)}"), new TaskPolicy { RateLimit = TaskRate.Parse("6/m") });
        var host = await StartAsync(worker => worker.HoldWindow = TimeSpan.FromMinutes(1), task);
        await (await host.Client.EnqueueByNameAsync("limited")).GetAsync(Deadline.Usual);
        var revoked = await host.Client.EnqueueByNameAsync("limited");
        var expired = await host.Client.EnqueueByNameAsync("limited", configure: o => o.Expires = TimeSpan.FromSeconds(1));

        await revoked.RevokeAsync();

        var ends = new[] { await revoked.WaitAsync(Deadline.Usual), await expired.WaitAsync(Deadline.Usual) };
        ends.Select(end => (end.State, end.Error!.Message)).Should().Equal((TaskStates.Revoked, "revoked"), (TaskStates.Revoked, "expired"));
        (RunsOf(revoked), RunsOf(expired)).Should().Be((0, 0));
    }

    [SkippableFact]
    public async Task SkipFinished_OfAnIdThatHasEnded_DoesNotRunItAgain()
    {
        Skip.IfNot(HasSharedResults, "These results can be asked by the sender alone, so the start is refused.");
        var task = DelegateHandler.Returning("once", context => Task.FromResult($"run {Note(context)}"), new TaskPolicy { SkipFinished = true });
        var host = await StartAsync(worker => worker.Concurrency = 1, task);
        var id = Guid.NewGuid().ToString();

        var first = await host.Client.EnqueueByNameAsync<string>("once", configure: o => o.TaskId = id);
        await first.GetAsync(Deadline.Usual);
        var second = await host.Client.EnqueueByNameAsync<string>("once", configure: o => o.TaskId = id);
        await (await host.Client.EnqueueByNameAsync("once")).GetAsync(Deadline.Usual); // behind the second one, in one slot

        (await second.GetAsync(Deadline.Usual)).Should().Be("run 1");
        RunsOf(second).Should().Be(1);
    }

    [SkippableFact]
    public async Task SkipFinished_OfARetry_RunsIt()
    {
        Skip.IfNot(HasSharedResults, "These results can be asked by the sender alone, so the start is refused.");
        var task = DelegateHandler.Returning(
            "again",
            context => Note(context) == 1 ? throw context.Retry(TimeSpan.FromMilliseconds(10)) : Task.FromResult("ran"),
            new TaskPolicy { SkipFinished = true });
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync<string>("again");

        (await handle.GetAsync(Deadline.Usual)).Should().Be("ran");
        RunsOf(handle).Should().Be(2);
    }

    /// <summary>False where a worker cannot ask the result store.</summary>
    protected virtual bool HasSharedResults => true;
}
