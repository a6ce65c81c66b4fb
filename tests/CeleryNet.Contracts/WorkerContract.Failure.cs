using CeleryNet.Results;
using CeleryNet.Tasks;
using CeleryNet.Worker;

namespace CeleryNet.Contracts;

public abstract partial class WorkerContract
{
    [SkippableFact]
    public async Task Retry_UntilItSucceeds_EndsUnderItsId()
    {
        var task = DelegateHandler.Returning(
            "work",
            context => Note(context) < 3 ? throw new IOException($"failure {context.Retries}") : Task.FromResult($"{context.Retries}: {string.Join(", ", context.Attempts.Select(a => a.ErrorMessage))}"),
            new TaskPolicy { MaxRetries = 5, RetryDelay = TimeSpan.FromMilliseconds(50) });
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync<string>("work");

        (await handle.GetAsync(Deadline.Usual)).Should().Be("2: failure 0, failure 1");
    }

    [SkippableFact]
    public async Task Retry_OnceTooOften_FailsWithTheError()
    {
        var task = DelegateHandler.Returning("work", context => throw new IOException($"run {Note(context)}"), new TaskPolicy { MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(20) });
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync<string>("work");

        var failed = (await handle.Invoking(waiting => waiting.GetAsync(Deadline.Usual)).Should().ThrowAsync<RemoteTaskException>()).Which;
        (failed.Type, failed.RemoteMessage, RunsOf(handle)).Should().Be(("IOException", "run 3", 3));
    }

    [SkippableFact]
    public async Task Snooze_RunsLaterAndSpendsNoAttempt()
    {
        var task = DelegateHandler.Ending("work", context => Note(context) == 1 ? TaskOutcome.Snooze(TimeSpan.FromMilliseconds(200)) : TaskOutcome.Cancel($"retries {context.Retries}"));
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync("work");

        var end = await handle.WaitAsync(Deadline.Usual);
        (end.State, end.Error!.Message, RunsOf(handle)).Should().Be((TaskStates.Revoked, "retries 0", 2));
    }

    [SkippableFact]
    public async Task Reject_IsKeptAndRunsWhenItIsReplayed()
    {
        var task = DelegateHandler.Ending("work", context => Note(context) == 1 ? TaskOutcome.Reject(reason: "not today") : TaskOutcome.Success);
        var host = await StartAsync(task);
        var handle = await host.Client.EnqueueByNameAsync("work");
        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);

        var letter = (await host.DeadLetters.ListAsync(Queue)).Single();
        var replayed = await host.DeadLetters.ReplayAsync(Queue);

        (letter.TaskId, letter.Reason, letter.Queue, replayed).Should().Be((handle.Id, "not today", Queue, 1));
        (await handle.WaitAsync(Deadline.Usual)).State.Should().Be(TaskStates.Success);
        (await host.DeadLetters.CountAsync(Queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task RejectWithRequeue_ForEver_IsGivenUpAfterMaxDeliveries()
    {
        var task = DelegateHandler.Ending("work", context =>
        {
            Note(context);
            return TaskOutcome.Reject(requeue: true);
        });
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync("work");
        var end = await handle.WaitAsync(Deadline.Usual);
        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);

        (end.State, end.Error!.Type, RunsOf(handle)).Should().Be((TaskStates.Failure, "WorkerLostError", 5));
        var letter = (await host.DeadLetters.ListAsync(Queue)).Single();
        (letter.TaskId, letter.Starts).Should().Be((handle.Id, 5));
    }

    [SkippableFact]
    public async Task WorkersLost_OftenBesideTheTask_LeaveItALastRun()
    {
        var id = await LoseWorkerAsync(starts: 3);
        var ran = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        var host = await StartAsync(DelegateHandler.Returning("work", context => Task.FromResult(ran.TrySetResult(context.Id) ? "done" : "twice")));

        (await ran.Task.Within()).Should().Be(id);
        (await host.DeadLetters.CountAsync(Queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task FailureWithDeadLetterFailures_IsStoredAndKept()
    {
        var host = await StartAsync(DelegateHandler.Returning("work", _ => throw new IOException("no disk"), new TaskPolicy { DeadLetterFailures = true }));

        var handle = await host.Client.EnqueueByNameAsync("work");

        (await handle.WaitAsync(Deadline.Usual)).State.Should().Be(TaskStates.Failure);
        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);
        (await host.DeadLetters.ListAsync(Queue)).Single().Error.Should().Be("IOException: no disk");
    }

    [SkippableFact]
    public async Task UnknownTask_FailsAndIsKept()
    {
        var host = await StartAsync();

        var handle = await host.Client.EnqueueByNameAsync("who.knows");

        (await handle.WaitAsync(Deadline.Usual)).Error!.Type.Should().Be("NotRegistered");
        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);
    }

    [SkippableFact]
    public async Task UnknownTask_GivenBack_RunsInAWorkerOfAnotherVersion()
    {
        var older = await StartAsync(worker => worker.UnknownTasks = UnknownTaskPolicy.GiveBack);
        var handle = await older.Client.EnqueueByNameAsync<string>("new.task");
        var later = await older.Client.EnqueueByNameAsync("other.new.task"); // when the older worker stops, it has seen both

        await StartAsync(worker => worker.UnknownTasks = UnknownTaskPolicy.GiveBack, DelegateHandler.Returning("new.task", _ => Task.FromResult("newer")));
        await older.StopAsync(); // else it may be the older one again and again that gets it

        (await handle.GetAsync(TimeSpan.FromSeconds(30))).Should().Be("newer");
        (await later.GetStateAsync()).Should().Be(TaskStates.Pending, "it waits for a version that knows it");
    }

    [SkippableFact]
    public async Task IgnoredResult_WithStoreErrors_KeepsErrorsOnly()
    {
        var policy = new TaskPolicy { StoreErrors = true };
        var host = await StartAsync(
            DelegateHandler.Returning("fails", _ => throw new IOException("no"), policy),
            DelegateHandler.Returning("works", context => Task.FromResult($"{Note(context)}"), policy));

        var works = await host.Client.EnqueueByNameAsync("works", configure: o => o.IgnoreResult = true);
        var fails = await host.Client.EnqueueByNameAsync("fails", configure: o => o.IgnoreResult = true);

        await Eventually.IsTrueAsync(async () => await host.Client.GetHandle(fails.Id).GetStateAsync() == TaskStates.Failure);
        await Eventually.IsTrueAsync(() => RunsOf(works) == 1);
        (await host.Client.GetHandle(works.Id).GetStateAsync()).Should().Be(TaskStates.Pending);
    }
}
