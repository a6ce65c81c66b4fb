using System.Collections.Concurrent;
using CeleryNet.Results;
using CeleryNet.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Contracts;

public abstract partial class WorkerContract
{
    [SkippableFact]
    public async Task Reports_AreSeenInTheirOrderBeforeTheEnd()
    {
        var (loading, progress) = (NewSignal(), NewSignal());
        var task = new DelegateHandler("work", async run =>
        {
            await run.Context.ReportAsync("LOADING", new Dictionary<string, int> { ["file"] = 1 });
            await loading.Task;
            for (var i = 1; i <= 100; i++) run.Progress(WireConverters.Int32).Report(i);
            await progress.Task;
            run.Return("done", WireConverters.String);
        });
        var host = await StartAsync(worker => worker.ReportInterval = TimeSpan.FromMilliseconds(100), task);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var handle = await host.Client.EnqueueByNameAsync<string>("work");
        var seen = new List<string>();
        await foreach (var snapshot in handle.WatchAsync(deadline.Token))
        {
            if (snapshot.State == TaskStates.Pending) continue;
            seen.Add(snapshot.State == "LOADING" ? $"LOADING {snapshot.Read<Dictionary<string, int>>()["file"]}" : $"{snapshot.State} {snapshot.Json}");
            if (snapshot.State == "LOADING") loading.TrySetResult();
            if (snapshot.State == TaskStates.Progress && snapshot.Read<int>() == 100) progress.TrySetResult();
        }

        seen.Should().StartWith("LOADING 1").And.EndWith("SUCCESS done");
        seen.Should().ContainInOrder("PROGRESS 100", "SUCCESS done").And.HaveCountLessOrEqualTo(4, "of the reports within the interval the newest is stored");
    }

    [SkippableFact]
    public async Task Filters_AndEvents_AreAroundEachRun()
    {
        var notes = new ConcurrentQueue<string>();
        var task = DelegateHandler.Returning("work", context =>
        {
            notes.Enqueue($"run {context.Headers["tenant"]}");
            return Task.FromResult($"retries {context.Retries}");
        });
        var host = await StartAsync(
            null,
            queue =>
            {
                queue.Services.AddSingleton(notes);
                queue.AddFilter<NotingFilter>().AddClientFilter<TenantFilter>().AddWorkerEvents<NotingEvents>();
            },
            task);

        var handle = await host.Client.EnqueueByNameAsync<string>("work");

        (await handle.GetAsync(Deadline.Usual)).Should().Be("retries 1");
        await Eventually.IsTrueAsync(() => notes.Last() == "postrun SUCCESS");
        notes.Should().Equal(
            "ready", "prerun", "filter", "run blue", "/filter", "retry", "postrun RETRY", "prerun", "filter", "run blue", "/filter", "success", "postrun SUCCESS");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class TenantFilter : ITaskClientFilter
    {
        public Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            sending.Options.Headers["tenant"] = "blue";
            return next();
        }
    }

    private sealed class NotingFilter(ConcurrentQueue<string> notes) : ITaskFilter
    {
        public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
        {
            notes.Enqueue("filter");
            var outcome = await next();
            notes.Enqueue("/filter");
            return context.Retries == 0 ? TaskOutcome.Retry(TimeSpan.FromMilliseconds(50)) : outcome;
        }
    }

    private sealed class NotingEvents(ConcurrentQueue<string> notes) : IWorkerEvents
    {
        public ValueTask WorkerReadyAsync(WorkerNotice worker, CancellationToken cancellationToken) => Note("ready");

        public ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note("prerun");

        public ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note($"postrun {run.State}");

        public ValueTask TaskSuccessAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note("success");

        public ValueTask TaskRetryAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note("retry");

        private ValueTask Note(string note)
        {
            notes.Enqueue(note);
            return default;
        }
    }
}
