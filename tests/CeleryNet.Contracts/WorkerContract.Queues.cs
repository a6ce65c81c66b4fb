using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Tasks;
using CeleryNet.Worker;

namespace CeleryNet.Contracts;

public abstract partial class WorkerContract
{
    /// <summary>False where a lower priority is sooner.</summary>
    protected virtual bool IsHigherSooner => true;

    /// <summary>True when the broker tells what workers hold.</summary>
    protected virtual bool KnowsWhatIsHeld => true;

    [SkippableFact]
    public async Task Pause_RunningWorker_LetsEndWhatRunsAndGivesBackTheRest()
    {
        var (running, release) = (NewSignal(), NewSignal());
        var host = await StartAsync(worker => (worker.Concurrency, worker.Prefetch) = (1, 10), Blocking(running, release));
        var handles = await SendAsync(host, 6);
        await running.Task.Within();
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 0);

        await host.Queues.PauseAsync(Queue);
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 5);
        var paused = await host.Queues.InspectAsync(Queue);
        release.SetResult();
        (await handles[0].GetAsync(Deadline.Usual)).Should().Be("done");
        await SendAsync(host, 1);
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 6);
        var afterwards = handles.Sum(RunsOf);
        await host.Queues.ResumeAsync(Queue);
        foreach (var handle in handles) await handle.GetAsync(Deadline.Usual);

        paused.IsPaused.Should().BeTrue();
        paused.Held.Should().Be(KnowsWhatIsHeld ? 1 : null);
        afterwards.Should().Be(1, "only what ran has run");
        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
        (await host.Queues.InspectAsync(Queue)).IsPaused.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Pause_OfOneQueue_LeavesOthersAlone()
    {
        var host = await StartAsync(worker => worker.Queues(Queue, Other), Counting());

        await host.Queues.PauseAsync(Queue);
        await Eventually.IsTrueAsync(() => host.Worker.Queues.Single(queue => queue.Name == Queue).IsPaused);
        var waiting = await host.Client.EnqueueByNameAsync<string>("work");
        var ran = await host.Client.EnqueueByNameAsync<string>("work", configure: o => o.Queue = Other);
        await ran.GetAsync(Deadline.Usual);
        var whilePaused = RunsOf(waiting);
        await host.Queues.ResumeAsync(Queue);

        (await waiting.GetAsync(Deadline.Usual)).Should().Be("1");
        whilePaused.Should().Be(0);
    }

    [SkippableFact]
    public async Task Pause_BeforeAWorkerStarts_ItStartsNothingUntilTheQueueGoesOn()
    {
        var client = await StartAsync(worker => worker.Queues(Other), Counting());
        await client.Queues.PauseAsync(Queue);
        var handles = await SendAsync(client, 3);

        var later = await StartAsync(worker => worker.Queues(Queue, Other), Counting());
        foreach (var _ in Enumerable.Range(0, 20)) await (await later.Client.EnqueueByNameAsync("work", configure: o => o.Queue = Other)).WaitAsync(Deadline.Usual);
        var state = (Paused: later.Worker.Queues.Single(queue => queue.Name == Queue).IsPaused, Runs: handles.Sum(RunsOf), (await later.Queues.InspectAsync(Queue)).Ready);
        await client.Queues.ResumeAsync(Queue);
        foreach (var handle in handles) await handle.GetAsync(Deadline.Usual);

        state.Should().Be((true, 0, 3));
        later.Worker.Queues.Should().OnlyContain(queue => !queue.IsPaused);
    }

    [SkippableFact]
    public async Task Pause_TaskThatWaitsForItsTime_GoesBackAndRunsInTimeWhenTheQueueGoesOn()
    {
        var host = await StartAsync(Counting());
        var handle = await host.Client.EnqueueByNameAsync<string>("work", configure: o => o.Countdown = TimeSpan.FromSeconds(4));
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 0);

        await host.Queues.PauseAsync(Queue);
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 1);
        await host.Queues.ResumeAsync(Queue);

        (await handle.GetAsync(TimeSpan.FromSeconds(20))).Should().Be("1");
    }

    [SkippableFact]
    public async Task AddQueue_WhileRunning_RunsItsTasks_CancelQueue_LeavesThem()
    {
        var host = await StartAsync(Counting());
        var first = await host.Client.EnqueueByNameAsync<string>("work", configure: o => o.Queue = Other);

        await host.Worker.AddQueueAsync(Other);
        await first.GetAsync(Deadline.Usual);
        var added = host.Worker.Queues;
        await host.Worker.CancelQueueAsync(Other);
        var second = await host.Client.EnqueueByNameAsync<string>("work", configure: o => o.Queue = Other);
        await (await host.Client.EnqueueByNameAsync("work")).WaitAsync(Deadline.Usual);
        var left = ((await host.Queues.InspectAsync(Other)).Ready, RunsOf(second));
        await host.Worker.AddQueueAsync(Other);

        (await second.GetAsync(Deadline.Usual)).Should().Be("1");
        added.Should().Equal(new WorkerQueue(Queue, false), new WorkerQueue(Other, false));
        left.Should().Be((1L, 0));
    }

    [SkippableFact]
    public async Task CancelQueue_WhatWasFetchedAndHasNotBegun_GoesBack()
    {
        var (running, release) = (NewSignal(), NewSignal());
        var host = await StartAsync(worker => (worker.Concurrency, worker.Prefetch) = (1, 10), Blocking(running, release));
        var handles = await SendAsync(host, 4);
        await running.Task.Within();
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 0);

        await host.Worker.CancelQueueAsync(Queue);
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready == 3);
        release.SetResult();
        await handles[0].GetAsync(Deadline.Usual);

        handles.Sum(RunsOf).Should().Be(1);
        host.Worker.Queues.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Weights_BothQueuesHaveWork_StartsAreSharedByThem()
    {
        var (running, release) = (NewSignal(), NewSignal());
        var order = new ConcurrentQueue<string>();
        TaskHandler[] tasks = [Blocking(running, release), Noting("heavy", order), Noting("light", order)];
        var client = await StartAsync(worker => worker.Queues($"{Queue}.nobody"));
        await client.Client.EnqueueByNameAsync("work");
        for (var i = 0; i < 60; i++) await client.Client.EnqueueByNameAsync("heavy", configure: o => o.IgnoreResult = true);
        for (var i = 0; i < 30; i++) await client.Client.EnqueueByNameAsync("light", configure: o => (o.Queue, o.IgnoreResult) = (Other, true));

        var host = await StartAsync(
            worker =>
            {
                worker.Queue(Queue, weight: 5);
                worker.Queue(Other, weight: 1);
                (worker.Concurrency, worker.Prefetch) = (1, 100);
            },
            tasks);
        await running.Task.Within();
        await Eventually.IsTrueAsync(async () => (await host.Queues.InspectAsync(Queue)).Ready + (await host.Queues.InspectAsync(Other)).Ready == 0);
        release.SetResult();
        await Eventually.IsTrueAsync(() => order.Count == 90, TimeSpan.FromSeconds(30));

        // What arrived last may not have been sorted in when the first of these began; from then on every six of them are alike.
        order.Skip(6).Take(48).Count(name => name == "light").Should().Be(8);
        order.Count(name => name == "heavy").Should().Be(60);
    }

    [SkippableFact]
    public async Task Priority_OfWaitingTasks_DecidesTheirOrder_UnsetIsZero()
    {
        var order = new ConcurrentQueue<string>();
        var client = await StartAsync(worker => worker.Queues($"{Queue}.nobody"));
        foreach (var priority in new int?[] { 3, null, 9, 6 })
            await client.Client.EnqueueByNameAsync("note", configure: o => (o.Queue, o.Priority, o.IgnoreResult) = (Prioritized, priority, true));

        await StartAsync(
            worker =>
            {
                worker.Queues(Prioritized);
                worker.Concurrency = 1;
            },
            DelegateHandler.Returning("note", context =>
            {
                order.Enqueue($"{context.Priority}");
                return Task.FromResult("");
            }));
        await Eventually.IsTrueAsync(() => order.Count == 4);

        order.Should().Equal(IsHigherSooner ? ["9", "6", "3", "0"] : ["0", "3", "6", "9"]);
    }

    [SkippableFact]
    public async Task Queues_SeenFromCode_TellWhatIsInThem()
    {
        var host = await StartAsync(worker => worker.Queues($"{Queue}.nobody"));
        var eta = DateTimeOffset.UtcNow.AddSeconds(1); // too soon to be delayed by any broker
        var first = await host.Client.EnqueueByNameAsync("shop.bill", ["Ada", 3], configure: o => (o.Queue, o.Eta, o.Priority) = (Other, eta, 4));
        await host.Client.EnqueueByNameAsync("shop.ship", configure: o => (o.Queue, o.Priority) = (Other, 4));

        var status = await host.Queues.InspectAsync(Other);
        var tasks = await host.Queues.PeekAsync(Other);
        var names = await host.Queues.ListAsync();
        var refused = await host.Queues.Invoking(queues => queues.PurgeAsync(Other, 1)).Should().ThrowAsync<PurgeRefusedException>();
        var purged = await host.Queues.PurgeAsync(Other, 2);

        status.Should().BeEquivalentTo(new QueueStatus { Name = Other, Ready = 2, Held = KnowsWhatIsHeld ? 0 : null, Delayed = KnowsWhatIsHeld ? 0 : null, Dead = 0, IsPaused = false });
        tasks.Select(task => task.TaskName).Should().Equal("shop.bill", "shop.ship");
        var bill = tasks[0];
        (bill.TaskId, bill.ArgsRepr, bill.KwargsRepr, bill.Priority, bill.Queue, bill.Retries, bill.Problem).Should().Be((first.Id, "('Ada', 3)", "{}", 4, Other, 0, null));
        bill.Eta.Should().BeCloseTo(eta, TimeSpan.FromMilliseconds(1));
        names.Should().Contain([Queue, Prioritized, $"{Queue}.nobody"]).And.BeInAscendingOrder(StringComparer.Ordinal);
        refused.Which.Message.Should().Contain(Other).And.Contain("2 tasks are ready").And.Contain("at most 1").And.EndWith("[CN1021]");
        (refused.Which.Ready, refused.Which.Expected, purged).Should().Be((2, 1, 2));
        (await host.Queues.InspectAsync(Other)).Ready.Should().Be(0);
    }

    private DelegateHandler Counting() => DelegateHandler.Returning("work", context => Task.FromResult($"{Note(context)}"));

    // The first run waits for the release.
    private DelegateHandler Blocking(TaskCompletionSource running, TaskCompletionSource release) => DelegateHandler.Returning("work", async context =>
    {
        Note(context);
        if (running.TrySetResult()) await release.Task;
        return "done";
    });

    private static DelegateHandler Noting(string name, ConcurrentQueue<string> order) => DelegateHandler.Returning(name, _ =>
    {
        order.Enqueue(name);
        return Task.FromResult("");
    });

    private static async Task<List<TaskHandle<string>>> SendAsync(WorkerHost host, int count)
    {
        var handles = new List<TaskHandle<string>>();
        for (var i = 0; i < count; i++) handles.Add(await host.Client.EnqueueByNameAsync<string>("work"));
        return handles;
    }
}
