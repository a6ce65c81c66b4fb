using System.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

public abstract partial class WorkerContract
{
    [SkippableFact]
    public async Task Countdown_LongerThanTheHoldWindow_RunsOnceInTime()
    {
        var ran = new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning("work", context =>
        {
            ran.TrySetResult(DateTimeOffset.UtcNow);
            return Task.FromResult($"{Note(context)} {context.IsRedelivered}");
        });
        var host = await StartAsync(worker => worker.HoldWindow = TimeSpan.FromSeconds(2), task);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(4);

        var handle = await host.Client.EnqueueByNameAsync<string>("work", configure: o => o.Eta = due);

        (await handle.GetAsync(TimeSpan.FromSeconds(20))).Should().Be("1 False", "waiting is no delivery");
        (await ran.Task).Should().BeOnOrAfter(due - TimeSpan.FromMilliseconds(1)).And.BeBefore(due + TimeSpan.FromSeconds(5));
    }

    [SkippableFact]
    public async Task Eta_OfManyTasks_DoesNotHoldUpImmediateOnes()
    {
        var task = DelegateHandler.Returning("work", context => Task.FromResult($"{Note(context)}"));
        var host = await StartAsync(worker => (worker.MaxHeldTasks, worker.Prefetch, worker.HoldWindow) = (10, 8, TimeSpan.FromSeconds(2)), task);
        var eta = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(8);
        var later = new List<TaskHandle>();
        for (var i = 0; i < 60; i++) later.Add(await host.Client.EnqueueByNameAsync("work", configure: o => o.Eta = eta));

        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10; i++) await (await host.Client.EnqueueByNameAsync("work")).GetAsync(TimeSpan.FromSeconds(5));
        var took = Stopwatch.GetElapsedTime(now);
        foreach (var handle in later) await handle.GetAsync(TimeSpan.FromSeconds(30));

        took.Should().BeLessThan(TimeSpan.FromSeconds(5));
        later.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
    }

    [SkippableFact]
    public async Task Expires_WhileItWaits_EndsAsRevokedThen()
    {
        var host = await StartAsync(DelegateHandler.Returning("work", context => Task.FromResult($"{Note(context)}")));

        var handle = await host.Client.EnqueueByNameAsync("work", configure: o => (o.Countdown, o.Expires) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1)));

        var end = await handle.WaitAsync(TimeSpan.FromSeconds(20));
        (end.State, end.Error!.Message, RunsOf(handle)).Should().Be((TaskStates.Revoked, "expired", 0));
    }

    [SkippableFact]
    public async Task HardTimeLimit_OfATaskThatBlocksItsThread_FailsItAndFreesTheSlot()
    {
        var release = new ManualResetEventSlim();
        var blocks = new DelegateHandler("blocks", _ =>
        {
            release.Wait(TimeSpan.FromSeconds(30));
            return default;
        });
        var host = await StartAsync(worker => worker.Concurrency = 1, blocks, DelegateHandler.Returning("next", _ => Task.FromResult("ran")));

        var handle = await host.Client.EnqueueByNameAsync("blocks", configure: o => o.TimeLimit = TimeSpan.FromMilliseconds(500));
        var next = await host.Client.EnqueueByNameAsync<string>("next");

        (await handle.WaitAsync(Deadline.Usual)).Error!.Type.Should().Be("TimeLimitExceeded");
        (await next.GetAsync(Deadline.Usual)).Should().Be("ran", "another loop has taken the place of the one that hangs");
        release.Set();
    }

    [SkippableFact]
    public async Task SoftTimeLimit_CancelsTheToken()
    {
        var host = await StartAsync(DelegateHandler.Returning("work", async context =>
        {
            await Task.Delay(TimeSpan.FromSeconds(30), context.CancellationToken);
            return "";
        }));

        var handle = await host.Client.EnqueueByNameAsync("work", configure: o => o.SoftTimeLimit = TimeSpan.FromMilliseconds(300));

        (await handle.WaitAsync(Deadline.Usual)).Error!.Type.Should().Be("SoftTimeLimitExceeded");
    }

    [SkippableFact]
    public async Task Revoke_BeforeItsTime_EndsItAtOnce()
    {
        var host = await StartAsync(DelegateHandler.Returning("work", context => Task.FromResult($"{Note(context)}")));
        var handle = await host.Client.EnqueueByNameAsync("work", configure: o => o.Countdown = TimeSpan.FromSeconds(5));

        await handle.RevokeAsync();

        var end = await handle.WaitAsync(TimeSpan.FromSeconds(20));
        (end.State, end.Error!.Message, RunsOf(handle)).Should().Be((TaskStates.Revoked, "revoked", 0));
    }

    [SkippableFact]
    public async Task Revoke_WithTerminate_CancelsARunningTask()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reason = TaskCancelReason.None;
        var host = await StartAsync(DelegateHandler.Returning("work", async context =>
        {
            running.TrySetResult();
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(30), context.CancellationToken);
            }
            finally
            {
                reason = context.CancelReason;
            }

            return "";
        }));
        var handle = await host.Client.EnqueueByNameAsync("work");
        await running.Task.Within();

        await handle.RevokeAsync(terminate: true);

        var end = await handle.WaitAsync(Deadline.Usual);
        (end.State, end.Error!.Message, reason).Should().Be((TaskStates.Revoked, "terminated", TaskCancelReason.Revoked));
    }

    [SkippableFact]
    public async Task Stop_GivesBackWhatHasNotBegunAndLetsEndWhatRuns()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning("work", async context =>
        {
            if (Note(context) == 1 && running.TrySetResult()) await release.Task;
            return "done";
        });
        var keeper = await StartAsync(worker => worker.Queues($"{Queue}.other")); // keeps an embedded broker alive
        var first = await StartAsync(worker => worker.Concurrency = 1, task);
        var handles = new List<TaskHandle<string>>();
        for (var i = 0; i < 5; i++) handles.Add(await keeper.Client.EnqueueByNameAsync<string>("work"));
        await running.Task.Within();

        var stopping = first.StopAsync();
        release.SetResult();
        await stopping.Within(TimeSpan.FromSeconds(20));
        var afterStop = handles.Sum(RunsOf);
        await StartAsync(task);
        foreach (var handle in handles) await handle.GetAsync(Deadline.Usual);

        afterStop.Should().Be(1, "only what ran was ended");
        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
    }
}
