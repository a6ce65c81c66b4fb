using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

/// <summary>What a batch of tasks does from its first member to its callbacks. A test project inherits it per broker; results count batches.</summary>
public abstract class BatchContract : WorkerSuite
{
    private readonly ConcurrentQueue<string> _callbacks = new();
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [SkippableFact]
    public async Task Batch_WhoseMembersSucceed_SendsSuccessAndCompletionWithItsId()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        var first = await batch.AddAsync(Work());
        var others = await batch.AddAsync(Enumerable.Range(0, 4).Select(_ => Work()));
        await batch.CloseAsync();
        var progress = await batch.WaitAsync(Deadline.Usual);

        progress.Should().Be(new BatchProgress(5, 5, 0, true, true));
        await CalledAsync(batch, "success", "completion");
        (await first.GetAsync(Deadline.Usual)).Should().Be("work");
        others.Should().HaveCount(4).And.OnlyContain(member => RunsOf(member) == 1);
    }

    [SkippableFact]
    public async Task Batch_WithAMemberThatFails_SendsFailureAndCompletionWhenAllHaveEnded()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        await batch.AddAsync([Work(), Call("broken"), Call("broken"), Call("gated")]);
        await batch.CloseAsync();
        await Eventually.IsTrueAsync(async () => await batch.GetProgressAsync() is { Done: 3, IsClosed: true });
        var meanwhile = await batch.GetProgressAsync();
        _callbacks.Should().BeEmpty("a member runs");
        _gate.SetResult();

        meanwhile.Should().Be(new BatchProgress(4, 3, 2, true, false));
        (await batch.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(4, 4, 2, true, true));
        await CalledAsync(batch, "failure", "completion");
    }

    [SkippableTheory]
    [InlineData("ignored")]
    [InlineData("rejected")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("revoked")]
    [InlineData("unknown")]
    public async Task Batch_WithAMemberThatEndsWithoutAnEndOfItsOwn_EndsWithFailure(string kind)
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        var member = kind switch
        {
            "expired" => Work().With(options => options.ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1)),
            "revoked" => Work().With(options => options.Countdown = TimeSpan.FromSeconds(4)), // long enough for the request to come first
            _ => Call(kind),
        };
        var handle = await batch.AddAsync(member);
        await batch.AddAsync(Work());
        if (kind == "revoked") await handle.RevokeAsync();
        await batch.CloseAsync();

        (await batch.WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(new BatchProgress(2, 2, 1, true, true));
        await CalledAsync(batch, "failure", "completion");
    }

    [SkippableFact]
    public async Task Batch_WithoutMembers_SucceedsWhenItIsClosed()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        await batch.CloseAsync();

        (await batch.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(0, 0, 0, true, true));
        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Member_ThatAddsOthersAfterTheClose_IsFollowedByThem()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        await batch.AddAsync(Call("adding"));
        await batch.CloseAsync();

        (await batch.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(4, 4, 0, true, true), "it adds two, of which one is a group");
        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Member_OfNoBatch_CannotAddToOne()
    {
        var host = await StartAsync(Tasks());

        var alone = await host.Client.EnqueueAsync(Call("adding"));

        (await alone.Invoking(task => task.GetAsync(Deadline.Usual)).Should().ThrowAsync<RemoteTaskException>()).Which.Message.Should().Contain("is no member of a batch");
    }

    [SkippableFact]
    public async Task Member_ThatIsACanvas_CountsOnceAtItsEnd()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        var members = await batch.AddAsync([Work() | Work().Immutable(), Canvas.Group(Work(), Work()) | Work().Immutable(), Canvas.Group(Work(), Work())]);
        await batch.CloseAsync();

        (await batch.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(3, 3, 0, true, true));
        members.Should().HaveCount(3);
        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Handle_ById_AddsClosesAndWaits()
    {
        var host = await StartAsync(Tasks());
        var other = await StartAsync(worker => worker.Queues(Other), Tasks());
        var made = await host.Client.CreateBatchAsync(Callbacks());

        var batch = other.Client.GetBatch(made.Id);
        await batch.AddAsync(Work());
        await batch.CloseAsync();

        (await made.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(1, 1, 0, true, true));
        await CalledAsync(batch, "success", "completion");
        await other.Client.GetBatch(made.Id).Invoking(ended => ended.AddAsync(Work())).Should().ThrowAsync<TaskQueueException>().WithMessage("Nothing was added to batch*");
    }

    [SkippableFact]
    public async Task Add_AfterTheClose_IsRefused()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());
        await batch.AddAsync(Call("gated"));
        await batch.CloseAsync();
        await Eventually.IsTrueAsync(async () => (await batch.GetProgressAsync()).IsClosed);

        await batch.Invoking(closed => closed.AddAsync(Work())).Should().ThrowAsync<TaskQueueException>().WithMessage("Nothing was added to batch*");
        await host.Client.GetBatch(batch.Id).Invoking(closed => closed.AddAsync(Work())).Should().ThrowAsync<TaskQueueException>().WithMessage("Nothing was added to batch*");
        _gate.SetResult();

        (await batch.WaitAsync(Deadline.Usual)).Should().Be(new BatchProgress(1, 1, 0, true, true));
        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Close_Twice_EndsItOnce()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        await batch.CloseAsync();
        await batch.CloseAsync();
        await batch.WaitAsync(Deadline.Usual);
        await batch.CloseAsync();
        await (await host.Client.EnqueueAsync(Work())).WaitAsync(Deadline.Usual); // runs behind whatever the last close sent

        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Member_WhoseWorkerWasLostBetweenCountAndCallback_EndsTheBatchWhenItComesAgain()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());
        await batch.AddAsync(Call("gated"));
        var last = await batch.AddAsync(Work().With(options => options.Queue = Other));
        await batch.CloseAsync();
        _gate.SetResult();
        await Eventually.IsTrueAsync(async () => await batch.GetProgressAsync() is { Done: 1, IsClosed: true });

        // The worker that is lost has taken the member from the other queue, counted it as the last, and sent nothing.
        var part = new TaskResult { TaskId = last.Id, State = TaskStates.Success };
        var member = await TakeFromOtherAsync(host);
        (await ((IBatchStore)host.Results).CountAsync(batch.Id, member.GroupIndex, part, "lost", 0, CancellationToken.None).Within()).Parts.Should().NotBeNull();
        await StartAsync(worker => worker.Queues(Other), Tasks());

        (await batch.WaitAsync(TimeSpan.FromSeconds(20))).Should().Be(new BatchProgress(2, 2, 0, true, true));
        await CalledAsync(batch, "success", "completion");
        RunsOf(last).Should().Be(1, "its message came again");
    }

    [SkippableFact]
    public async Task Batch_OfManyMembers_EndsOnce()
    {
        var host = await StartAsync(Tasks());
        var batch = await host.Client.CreateBatchAsync(Callbacks());

        var members = await batch.AddAsync(Enumerable.Range(0, 2500).Select(_ => Work()));
        await batch.CloseAsync();

        (await batch.WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(new BatchProgress(2500, 2500, 0, true, true));
        members.Select(member => member.Id).Distinct().Should().HaveCount(2500);
        await CalledAsync(batch, "success", "completion");
    }

    [SkippableFact]
    public async Task Progress_OfABatchThatNobodyMade_IsAnError()
    {
        var host = await StartAsync(Tasks());

        var look = () => host.Client.GetBatch(Guid.NewGuid().ToString()).GetProgressAsync();

        await look.Should().ThrowAsync<TaskQueueException>().WithMessage("Nothing is known of batch*");
    }

    private static BatchSignature Callbacks() => Canvas.Batch().OnSuccess(Callback("success")).OnFailure(Callback("failure")).OnCompletion(Callback("completion"));

    private static Step<string, object?> Callback(string name) => new(new TaskDefinition(name), TaskArguments.None, WireConverters.Any);

    private static Signature<string> Work() => Call("work");

    private static Signature<string> Call(string task) => new(new TaskDefinition(task), TaskArguments.None, WireConverters.String!);

    private TaskHandler[] Tasks() =>
    [
        DelegateHandler.Returning("work", context =>
        {
            Note(context);
            return Task.FromResult("work");
        }),
        DelegateHandler.Returning("gated", async context =>
        {
            await _gate.Task.Within();
            return "gated";
        }),
        DelegateHandler.Returning("adding", async context =>
        {
            await context.AddToBatchAsync([Work(), Canvas.Group(Work(), Work())]);
            await context.AddToBatchAsync(Work());
            return "added";
        }),
        new DelegateHandler("broken", static _ => throw new InvalidOperationException("broken")),
        DelegateHandler.Ending("ignored", static _ => TaskOutcome.Ignore),
        DelegateHandler.Ending("rejected", static _ => TaskOutcome.Reject(reason: "no")),
        DelegateHandler.Ending("cancelled", static _ => TaskOutcome.Cancel("no")),
        Noting("success"), Noting("failure"), Noting("completion"),
    ];

    private DelegateHandler Noting(string name) => new(name, invocation =>
    {
        var arguments = invocation.Arguments(new ParameterList(name, 1, "batch"));
        arguments.Read();
        _callbacks.Enqueue($"{name} {arguments.Value(WireConverters.String)}");
        return default;
    });

    private async Task CalledAsync(BatchHandle batch, params string[] callbacks)
    {
        await Eventually.IsTrueAsync(() => _callbacks.Count >= callbacks.Length);
        _callbacks.Should().BeEquivalentTo(callbacks.Select(callback => $"{callback} {batch.Id}"));
    }

    private async Task<TaskMessage> TakeFromOtherAsync(WorkerHost host)
    {
        await using var lost = await host.Broker.ConsumeAsync(new ConsumerSettings { Queues = [new QueueDefinition(Other)], Prefetch = 1, NodeName = "celery@lost" }, CancellationToken.None).Within();
        return (await lost.NextAsync()).Message;
    }
}
