using System.Text;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>What becomes of a task that ends otherwise than with a result.</summary>
public sealed class OutcomeTests
{
    private const string Task = "work";

    [Fact]
    public async Task Run_ErrorWithRetriesLeft_StoresRetryThenSendsItAgainThenAcknowledges()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, _ => throw new IOException("no disk"), new TaskPolicy { MaxRetries = 2, RetryDelay = TimeSpan.FromSeconds(30) }).StartAsync();

        var delivery = fixture.Broker.Deliver(WorkerFixture.Message(Task, "[1, 2]"));

        (await StepsAsync(fixture, 3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        var next = fixture.Broker.Published[0].Message;
        (next.Id, next.RootId, next.Retries).Should().Be((delivery.Message.Id, delivery.Message.RootId, 1));
        next.Eta.Should().Be(fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(30));
        next.Body.ToArray().Should().Equal(delivery.Message.Body.ToArray());
        var stored = fixture.Broker.Stored[0];
        (stored.State, stored.Error!.Type, stored.Error.Message, stored.DateDone).Should().Be((TaskStates.Retry, "IOException", "no disk", null));
        stored.Traceback.Should().Contain(nameof(OutcomeTests));
    }

    [Fact]
    public async Task Run_ErrorWithNoRetryLeft_FailsWithIt()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, _ => throw new IOException("no disk"), new TaskPolicy { MaxRetries = 2 }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => message.Retries = 2));

        (await StepsAsync(fixture, 2)).Should().Equal("store FAILURE", "Acknowledge");
        fixture.Broker.Stored[0].Error!.Type.Should().Be("IOException");
        fixture.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_WrongArguments_AreNotRetried()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, _ => throw new TaskArgumentException("no such parameter"), new TaskPolicy { MaxRetries = 2 }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 2)).Should().Equal("store FAILURE", "Acknowledge");
    }

    [Fact]
    public async Task Run_RetryThrownByTheTask_WorksWithoutSettings()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, run => throw run.Context.Retry(TimeSpan.FromSeconds(5), new IOException("busy"))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        fixture.Broker.Published[0].Message.Eta.Should().Be(fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Run_RetryThrownOnceTooOften_FailsAsCelerySaysIt()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, run => throw run.Context.Retry()).StartAsync();

        var delivery = fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => (message.Retries, message.ArgsRepr, message.KwargsRepr) = (3, "(1,)", "{}")));

        (await StepsAsync(fixture, 2)).Should().Equal("store FAILURE", "Acknowledge");
        var error = fixture.Broker.Stored[0].Error!;
        (error.Type, error.Module).Should().Be(("MaxRetriesExceededError", "celery.exceptions"));
        error.Message.Should().Be($"Can't retry work[{delivery.Message.Id}] args:(1,) kwargs:{{}}");
    }

    [Fact]
    public async Task Run_RetryAtAMoment_IsSentForIt()
    {
        var due = new DateTimeOffset(2026, 1, 1, 0, 3, 0, TimeSpan.Zero);
        await using var fixture = await new WorkerFixture().Handle(Task, run => throw run.Context.RetryAt(due, maxRetries: -1)).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => message.Retries = 77));

        (await StepsAsync(fixture, 3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        (fixture.Broker.Published[0].Message.Eta, fixture.Broker.Published[0].Message.Retries).Should().Be((due, 78));
    }

    [Fact]
    public async Task Run_RetryWithoutDelay_IsDueAtOnce()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, run => throw run.Context.Retry(TimeSpan.Zero)).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => message.Eta = fixture.Time.GetUtcNow() - TimeSpan.FromSeconds(1)));

        (await StepsAsync(fixture, 3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        fixture.Broker.Published[0].Message.Eta.Should().BeNull();
    }

    [Fact]
    public async Task Run_RetryWithNewArguments_SendsThem()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, run => throw run.Context.Retry(CeleryNet.Client.NamedCall.Of(Task, [7, "b"], null, null))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task, "[1, \"a\"]", message => message.ArgsRepr = "(1, 'a')"));

        (await StepsAsync(fixture, 3)).Should().Equal("store RETRY", "publish celery", "Acknowledge");
        var next = fixture.Broker.Published[0].Message;
        Encoding.UTF8.GetString(next.Body.Span).Should().StartWith("[[7,\"b\"],{},");
        next.ArgsRepr.Should().Be("(7, 'b')");
    }

    [Fact]
    public void Retry_AsAnotherTask_IsRefused()
    {
        var context = new TaskContext(WorkerFixture.Message(Task), "celery", "celery@tests", false, new TaskCancellation());

        FluentActions.Invoking(() => context.Retry(CeleryNet.Client.NamedCall.Of("other", null, null, null))).Should().Throw<ArgumentException>().WithMessage("*'work'*'other'*");
    }

    [Fact]
    public async Task Attempts_AfterTwelveRetries_AreTheLastTenWithTheirErrors()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, run => throw new IOException($"attempt {run.Context.Retries} {new string('x', 600)}"), new TaskPolicy { MaxRetries = -1, RetryDelay = TimeSpan.Zero }).StartAsync();

        var message = WorkerFixture.Message(Task);
        for (var i = 0; i < 12; i++)
        {
            fixture.Broker.Deliver(message);
            await StepsAsync(fixture, 3);
            message = fixture.Broker.Published[^1].Message;
        }

        var attempts = new TaskContext(message, "celery", "celery@tests", false, new TaskCancellation()).Attempts;
        attempts.Select(attempt => attempt.Retries).Should().Equal(Enumerable.Range(2, 10));
        attempts.Should().OnlyContain(attempt => attempt.ErrorType == "IOException" && attempt.FailedAt == fixture.Time.GetUtcNow());
        attempts.Select(attempt => attempt.ErrorMessage.Length).Should().OnlyContain(length => length == 500);
        attempts[0].ErrorMessage.Should().StartWith("attempt 2 ");
    }

    [Fact]
    public async Task Run_RetryThatCannotBeSent_IsTriedAgainAndAcknowledgedAfterwards()
    {
        await using var fixture = await new WorkerFixture { Broker = new RecordingBroker { FailingPublishes = 2 } }.Handle(Task, run => throw run.Context.Retry()).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 2)).Should().Equal("store RETRY", "publish failed");
        (await AdvanceUntilNextAsync(fixture)).Should().Be("publish failed");
        (await AdvanceUntilNextAsync(fixture)).Should().Be("publish celery");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
    }

    [Fact]
    public async Task Run_Snooze_SendsItLaterWithoutSpendingAnAttempt()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, Ends(TaskOutcome.Snooze(TimeSpan.FromHours(2)))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 2)).Should().Equal("publish celery", "Acknowledge");
        (fixture.Broker.Published[0].Message.Retries, fixture.Broker.Published[0].Message.Eta).Should().Be((0, fixture.Time.GetUtcNow() + TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Run_Cancel_IsRevokedWithItsReason()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, Ends(TaskOutcome.Cancel("order was withdrawn"))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 2)).Should().Equal("store REVOKED", "Acknowledge");
        (fixture.Broker.Stored[0].Error!.Type, fixture.Broker.Stored[0].Error!.Message).Should().Be(("TaskRevokedError", "order was withdrawn"));
    }

    [Fact]
    public async Task Run_Ignore_StoresNothing()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, Ends(TaskOutcome.Ignore)).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 1)).Should().Equal("Acknowledge");
        fixture.Broker.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task Run_RejectWithRequeue_GoesBack()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, Ends(TaskOutcome.Reject(requeue: true))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 1)).Should().Equal("Requeue");
    }

    [Fact]
    public async Task Run_Reject_IsKeptWithTheDeadLetters()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, Ends(TaskOutcome.Reject(reason: "wrong tenant"))).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 2)).Should().Equal("publish celery.dead", "Acknowledge");
        DeadLetterInfo.Read(fixture.Broker.Published[0].Message)!.Reason.Should().Be("wrong tenant");
    }

    [Fact]
    public async Task Run_FailureWithDeadLetterFailures_IsStoredAndKept()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, _ => throw new IOException("no disk"), new TaskPolicy { DeadLetterFailures = true }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await StepsAsync(fixture, 3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
        var (message, route) = fixture.Broker.Published[0];
        var info = DeadLetterInfo.Read(message)!;
        (info.Reason, info.Error, info.Queue, info.RoutingKey, info.DiedAt).Should().Be(("it failed", "IOException: no disk", "celery", "celery", fixture.Time.GetUtcNow()));
        route.Queue!.Arguments.Should().Contain("x-max-length", 10_000);
    }

    [Fact]
    public async Task Run_IgnoredResultWithStoreErrors_StoresErrorsOnly()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, run => run.Context.Retries == 0 ? throw new IOException("no") : default, new TaskPolicy { IgnoreResult = true, StoreErrors = true }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));
        (await StepsAsync(fixture, 2)).Should().Equal("store FAILURE", "Acknowledge");
        fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => message.Retries = 1));

        (await StepsAsync(fixture, 1)).Should().Equal("Acknowledge");
    }

    private static Func<TaskInvocation, ValueTask> Ends(TaskOutcome outcome) => invocation =>
    {
        invocation.End(outcome);
        return default;
    };

    private static async Task<string> AdvanceUntilNextAsync(WorkerFixture fixture)
    {
        var next = fixture.Broker.NextAsync();
        while (!next.IsCompleted)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await System.Threading.Tasks.Task.Yield();
        }

        return await next;
    }

    private static async Task<List<string>> StepsAsync(WorkerFixture fixture, int count)
    {
        var steps = new List<string>();
        while (steps.Count < count) steps.Add(await fixture.Broker.NextAsync());
        return steps;
    }
}
