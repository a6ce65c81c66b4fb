using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>What the host's own code is told of its worker.</summary>
public sealed class WorkerEventsTests
{
    [Fact]
    public async Task Events_OfAHostsLife_ComeInTheirOrder()
    {
        var host = await ExtensionHost.StartAsync(
            queue => queue.AddWorkerEvents<Broken>().AddWorkerEvents<Listening>(),
            DelegateHandler.Returning("good", _ => Task.FromResult("fine")),
            DelegateHandler.Returning("bad", _ => throw new IOException("no disk")),
            DelegateHandler.Returning("again", context => context.Retries == 0 ? throw context.Retry(TimeSpan.FromMilliseconds(200), new IOException("busy")) : Task.FromResult("done")),
            DelegateHandler.Ending("put off", _ => TaskOutcome.Ignore));
        IReadOnlyList<string> notes;
        await using (host)
        {
            // One after the other: the end of a run is told while the next one may begin.
            foreach (var (task, end) in new[] { ("good", "SUCCESS"), ("bad", "FAILURE"), ("again", "SUCCESS"), ("put off", "IGNORED") })
            {
                await host.Client.EnqueueByNameAsync(task);
                await Eventually.IsTrueAsync(() => host.Notes[^1] == $"postrun {task} {end}");
            }

            await host.StopAsync();
            notes = [.. host.Notes];
        }

        notes.Should().Equal(
            "ready w@tests celery",
            "prerun good PENDING", "success good \"fine\"", "postrun good SUCCESS",
            "prerun bad PENDING", "failure bad IOException IOException", "postrun bad FAILURE",
            "prerun again PENDING", "retry again IOException IOException", "postrun again RETRY",
            "prerun again PENDING", "success again \"done\"", "postrun again SUCCESS",
            "prerun put off PENDING", "postrun put off IGNORED",
            "stopping w@tests celery");
    }

    [Fact]
    public async Task End_IsToldAfterItIsStoredAndBeforeTheMessageIsSettled()
    {
        var broker = new RecordingBroker();
        await using var fixture = await new WorkerFixture { Broker = broker, Events = [new Stepping(broker)] }.Handle("work", _ => default).StartAsync();

        broker.Deliver(WorkerFixture.Message("work"));

        (await fixture.StepsAsync(4)).Should().Equal("prerun", "store SUCCESS", "postrun SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task EarlyAcknowledgedRun_BeginsBeforeItsAcknowledgement()
    {
        var broker = new RecordingBroker();
        await using var fixture = await new WorkerFixture { Broker = broker, Events = [new Stepping(broker)] }.Handle("work", _ => default, new TaskPolicy { AckEarly = true }).StartAsync();

        broker.Deliver(WorkerFixture.Message("work"));

        (await fixture.StepsAsync(4)).Should().Equal("prerun", "Acknowledge", "store SUCCESS", "postrun SUCCESS");
    }

    [Fact]
    public async Task HardLimit_IsAFailureWithoutException()
    {
        var (begun, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var broker = new RecordingBroker();
        await using var fixture = await new WorkerFixture { Broker = broker, Events = [new Stepping(broker)] }
            .Handle("work", async _ =>
            {
                begun.SetResult();
                await release.Task;
            }, new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(10) }).StartAsync();
        broker.Deliver(WorkerFixture.Message("work"));
        await begun.Task.Within();

        fixture.Time.Advance(TimeSpan.FromSeconds(11));

        (await fixture.StepsAsync(5)).Should().Equal("prerun", "store FAILURE", "failure TimeLimitExceeded", "postrun FAILURE", "Acknowledge");
        release.SetResult();
    }

    private sealed class Broken : IWorkerEvents
    {
        public ValueTask WorkerReadyAsync(WorkerNotice worker, CancellationToken cancellationToken) => throw new IOException("ready");

        public ValueTask WorkerStoppingAsync(WorkerNotice worker, CancellationToken cancellationToken) => throw new IOException("stopping");

        public async ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new IOException("prerun");
        }

        public ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken) => throw new IOException("postrun");
    }

    private sealed class Listening(Notes notes) : IWorkerEvents
    {
        public ValueTask WorkerReadyAsync(WorkerNotice worker, CancellationToken cancellationToken) => Add($"ready {worker.NodeName} {string.Join(' ', worker.Queues)}");

        public ValueTask WorkerStoppingAsync(WorkerNotice worker, CancellationToken cancellationToken) => Add($"stopping {worker.NodeName} {string.Join(' ', worker.Queues)}");

        public ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Add($"prerun {run.Context.Name} {run.State}");

        public ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Add($"postrun {run.Context.Name} {run.State}");

        public ValueTask TaskSuccessAsync(TaskRunNotice run, CancellationToken cancellationToken) => Add($"success {run.Context.Name} {System.Text.Encoding.UTF8.GetString(run.Value.Span)}");

        public ValueTask TaskFailureAsync(TaskRunNotice run, CancellationToken cancellationToken) => Add($"failure {run.Context.Name} {run.Error!.Type} {run.Exception!.GetType().Name}");

        public ValueTask TaskRetryAsync(TaskRunNotice run, CancellationToken cancellationToken) => Add($"retry {run.Context.Name} {run.Error!.Type} {run.Exception!.GetType().Name}");

        private ValueTask Add(string note)
        {
            notes.Add(note);
            return default;
        }
    }

    private sealed class Stepping(RecordingBroker broker) : IWorkerEvents
    {
        public ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note("prerun");

        public ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note($"postrun {run.State}");

        public ValueTask TaskFailureAsync(TaskRunNotice run, CancellationToken cancellationToken) => Note($"failure {run.Error!.Type}{run.Exception}");

        private ValueTask Note(string step)
        {
            broker.Note(step);
            return default;
        }
    }
}
