using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>A message that was delivered before: how often may it be started?</summary>
public sealed class StartCounterTests
{
    private int _runs;

    [Fact]
    public async Task Deliver_FirstTime_StartsWithoutCounting()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work"));

        (await fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
        fixture.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task Deliver_Again_IsSentWithItsCountBeforeItRuns()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work"), isRedelivered: true);

        (await fixture.Broker.NextAsync()).Should().Be("publish celery");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        Starts(fixture).Should().Be(1);
        _runs.Should().Be(0);
    }

    [Fact]
    public async Task Deliver_SentAgainWithItsCount_Runs()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work", change: message => message.SetHeader(TaskHeaders.Starts, 4L)));

        (await fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
        _runs.Should().Be(1);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public async Task Deliver_SentAgainWithItsCount_IsToldThatItMayHaveRun(long starts, bool isTold)
    {
        bool? wasTold = null;
        await using var fixture = await new WorkerFixture().Handle("work", Run).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work", change: message => message.SetHeader(TaskHeaders.Starts, starts)));

        (await fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
        wasTold.Should().Be(isTold);

        ValueTask Run(TaskInvocation run)
        {
            wasTold = run.Context.IsRedelivered;
            return default;
        }
    }

    [Fact]
    public async Task Deliver_AfterTheLastStart_FailsAndIsKept()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work", change: message => message.SetHeader(TaskHeaders.Starts, 4L)), isRedelivered: true);

        (await fixture.Broker.NextAsync()).Should().Be("store FAILURE");
        (await fixture.Broker.NextAsync()).Should().Be("publish celery.dead");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        _runs.Should().Be(0);
        var error = fixture.Broker.Stored[0].Error!;
        (error.Type, error.Module).Should().Be(("WorkerLostError", "billiard.exceptions"));
        var info = DeadLetterInfo.Read(fixture.Broker.Published[0].Message)!;
        (info.Starts, info.Reason).Should().Be((5, "it was started 5 times and never ended (MaxDeliveries is 5)"));
    }

    [Fact]
    public async Task Deliver_AfterTheLastStartOfAUniqueTask_FreesItsKey()
    {
        await using var keys = new MemoryBroker(TimeProvider.System);
        await using var fixture = await new WorkerFixture { UniqueKeys = keys }.Handle("work", _ => default).StartAsync();
        var message = WorkerFixture.Message("work", change: sent =>
        {
            sent.SetHeader(TaskHeaders.Starts, 4L);
            new UniqueMark("key", TimeSpan.FromHours(1), UniqueUntil.Finished).Write(sent);
        });
        await keys.ReserveAsync("key", message.Id!, TimeSpan.FromHours(1), replace: false, CancellationToken.None);

        fixture.Broker.Deliver(message, isRedelivered: true);

        (await fixture.StepsAsync(3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
        await Eventually.IsTrueAsync(async () => await keys.ReserveAsync("key", "another", TimeSpan.FromHours(1), replace: false, CancellationToken.None) is null);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(3, 1, false)]
    [InlineData(0, 500, false)] // any number
    public async Task Deliver_TasksOwnMaximum_Wins(int most, long starts, bool isGivenUp)
    {
        await using var fixture = await Fixture(new TaskPolicy { MaxDeliveries = most }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work", change: message => message.SetHeader(TaskHeaders.Starts, starts)), isRedelivered: true);

        (await fixture.Broker.NextAsync()).Should().Be(isGivenUp ? "store FAILURE" : "publish celery");
    }

    [Fact]
    public async Task Retry_OfACountedTask_StartsCountingAnew()
    {
        await using var fixture = await new WorkerFixture().Handle("work", run => throw run.Context.Retry()).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work", change: message => message.SetHeader(TaskHeaders.Starts, 3L)));

        (await fixture.Broker.NextAsync()).Should().Be("store RETRY");
        (await fixture.Broker.NextAsync()).Should().Be("publish celery");
        Starts(fixture).Should().BeNull();
    }

    [Theory]
    [InlineData(TaskStates.Started, "store FAILURE")]
    [InlineData(null, "publish celery")]
    public async Task Deliver_AgainWithoutRejectOnWorkerLost_FailsWhenItHadBegun(string? known, string firstStep)
    {
        await using var fixture = await Fixture(new TaskPolicy { RejectOnWorkerLost = false }).StartAsync();
        var message = WorkerFixture.Message("work");
        fixture.Broker.Known = known is null ? null : new TaskResult { TaskId = message.Id!, State = known };

        fixture.Broker.Deliver(message, isRedelivered: true);

        (await fixture.Broker.NextAsync()).Should().Be(firstStep);
        _runs.Should().Be(0);
    }

    [Fact]
    public async Task Deliver_WithoutRejectOnWorkerLost_NotesTheStartBeforeItRuns()
    {
        await using var fixture = await Fixture(new TaskPolicy { RejectOnWorkerLost = false }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("work"));

        (await fixture.Broker.NextAsync()).Should().Be("store STARTED");
        (await fixture.Broker.NextAsync()).Should().Be("store SUCCESS");
    }

    private WorkerFixture Fixture(TaskPolicy? policy = null) => new WorkerFixture().Handle("work", _ =>
    {
        _runs++;
        return default;
    }, policy);

    private static object? Starts(WorkerFixture fixture) => fixture.Broker.Published[0].Message.CustomHeaders?.GetValueOrDefault(TaskHeaders.Starts);
}
