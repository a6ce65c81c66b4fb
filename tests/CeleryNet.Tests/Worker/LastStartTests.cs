using System.Collections.Concurrent;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Tasks;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

/// <summary>The last start that a task is given, where the broker can keep that it began.</summary>
public sealed class LastStartTests : IAsyncDisposable
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _otherRelease = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FlagBroker _flags = new();
    private readonly RewritingBroker _rewriting = new();
    private WorkerFixture? _fixture;

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        _otherRelease.TrySetResult();
        if (_fixture is not null) await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Flag_LastStart_IsSetBeforeItRunsAndClearedBeforeItIsSettled()
    {
        await StartAsync(_flags);

        var message = Deliver(_flags, "work", starts: 4);

        (await StepsAsync(5)).Should().Equal("set", "work", "clear", "store SUCCESS", "Acknowledge");
        StartMarks.NameOf(message).Should().Be($"start.0.{message.Id}");
    }

    [Fact]
    public async Task Flag_RedeliveredAndNotSet_IsStarted()
    {
        await StartAsync(_flags);

        Deliver(_flags, "work", starts: 4, isRedelivered: true);

        (await StepsAsync(5)).Should().Equal("set", "work", "clear", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Flag_RedeliveredAndSet_IsGivenUp()
    {
        await StartAsync(_flags);
        var message = WorkerFixture.Message("work", change: sent => sent.SetHeader(TaskHeaders.Starts, 4L));
        _flags.Flags[StartMarks.NameOf(message)] = null;

        _flags.Deliver(message, isRedelivered: true);

        (await StepsAsync(4)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge", "clear");
    }

    [Fact]
    public async Task Flag_OfAnotherAttempt_SaysNothing()
    {
        await StartAsync(_flags);
        var message = WorkerFixture.Message("work", change: sent => sent.SetHeader(TaskHeaders.Starts, 4L));
        _flags.Flags[StartMarks.NameOf(message)] = null;
        message.Retries = 1;

        _flags.Deliver(message, isRedelivered: true);

        (await StepsAsync(2)).Should().Equal("set", "work");
    }

    [Fact]
    public async Task Flag_EarlierStart_NeedsNone()
    {
        await StartAsync(_flags);

        Deliver(_flags, "work", starts: 3);

        (await StepsAsync(3)).Should().Equal("work", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Flag_OneStartAllowed_IsGivenUpWithoutIt()
    {
        await StartAsync(_flags, new TaskPolicy { MaxDeliveries = 1 });

        Deliver(_flags, "work", starts: 0, isRedelivered: true);

        (await StepsAsync(2)).Should().Equal("store FAILURE", "publish celery.dead");
    }

    [Fact]
    public async Task Flag_RejectedWithRequeue_StaysSoThatItEnds()
    {
        await StartAsync(_flags);

        var message = Deliver(_flags, "requeue", starts: 4);

        (await StepsAsync(3)).Should().Equal("set", "requeue", "Requeue");
        _flags.Flags.Keys.Should().Equal(StartMarks.NameOf(message));
    }

    [Fact]
    public async Task Flag_GivenBackByAStoppingWorker_IsClearedBefore()
    {
        var fixture = await StartAsync(_flags);
        Deliver(_flags, "slow", starts: 4);
        (await StepsAsync(2)).Should().Equal("set", "slow");

        await fixture.Worker.StopAsync(new CancellationToken(canceled: true)).Within();

        (await StepsAsync(3)).Should().Equal("clear", "Requeue", "disposed");
    }

    [Fact]
    public async Task Flag_BrokerAwayForAMoment_IsWaitedFor()
    {
        var fixture = await StartAsync(_flags);
        for (var i = 0; i < 3; i++) _flags.Failures.Enqueue(new BrokerUnavailableException("CN3001", "away"));

        Deliver(_flags, "work", starts: 4, isRedelivered: true);

        await fixture.AdvanceUntilAsync(() => _flags.HasMore);
        (await StepsAsync(4)).Should().Equal("set", "work", "clear", "store SUCCESS");
        fixture.Logger.Of(2045).Should().HaveCount(3);
    }

    [Fact]
    public async Task Flag_NotAllowed_IsAsIfThereWereNone()
    {
        await StartAsync(_flags);
        _flags.Failures.Enqueue(new TaskQueueConfigurationException("CN1001", "no permission"));
        _flags.Failures.Enqueue(new TaskQueueConfigurationException("CN1001", "no permission"));

        Deliver(_flags, "work", starts: 4, isRedelivered: true);

        (await StepsAsync(3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
    }

    [Fact]
    public async Task Rewrite_LastStart_IsCountedWhenItRunsAndTakenBackBeforeItIsSettled()
    {
        await StartAsync(_rewriting);

        Deliver(_rewriting, "work", starts: 3, isRedelivered: true);

        (await StepsAsync(5)).Should().Equal("rewrite 4", "work", "rewrite 3", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Rewrite_AfterTheLastStart_IsGivenUp()
    {
        await StartAsync(_rewriting);

        Deliver(_rewriting, "work", starts: 4, isRedelivered: true);

        (await StepsAsync(3)).Should().Equal("store FAILURE", "publish celery.dead", "Acknowledge");
    }

    [Theory]
    [InlineData(0, "rewrite 1")]
    [InlineData(3, "rewrite 4")]
    public async Task Rewrite_Refused_GivesTheMessageBackAndTheNextRuns(int starts, string step)
    {
        await StartAsync(_rewriting);
        _rewriting.Takes = false;

        Deliver(_rewriting, "work", starts, isRedelivered: true);
        var steps = await StepsAsync(2);
        Deliver(_rewriting, "work", starts: 0);

        steps.Should().Equal(step, "Requeue");
        (await StepsAsync(3)).Should().Equal("work", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Alone_OthersRun_StartsAfterThemAndOthersAfterIt()
    {
        var fixture = await StartAsync(_flags, concurrency: 4);
        Deliver(_flags, "slow");
        (await _flags.NextAsync()).Should().Be("slow");
        Deliver(_flags, "other", starts: 4);
        await Eventually.IsTrueAsync(() => fixture.Logger.Of(2044).Count == 1);
        Deliver(_flags, "work");

        _release.SetResult();
        await fixture.AdvanceUntilAsync(() => _flags.Flags.Count == 1, TimeSpan.FromMilliseconds(50));
        var first = await StepsAsync(4);
        _otherRelease.SetResult();

        first.Should().Equal("store SUCCESS", "Acknowledge", "set", "other");
        (await StepsAsync(6)).Should().StartWith("clear").And.BeEquivalentTo("clear", "store SUCCESS", "Acknowledge", "work", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Alone_NothingEverEnds_StartsBesideAfterAWhileAndOthersToo()
    {
        var fixture = await StartAsync(_flags, concurrency: 4);
        Deliver(_flags, "slow");
        (await _flags.NextAsync()).Should().Be("slow");
        Deliver(_flags, "other", starts: 4);
        await Eventually.IsTrueAsync(() => fixture.Logger.Of(2044).Count == 1);
        Deliver(_flags, "work");

        await fixture.AdvanceUntilAsync(() => _flags.HasMore);
        var started = fixture.Time.GetUtcNow() - fixture.Time.Start;
        var first = await StepsAsync(2);
        await fixture.AdvanceUntilAsync(() => _flags.HasMore);
        var opened = fixture.Time.GetUtcNow() - fixture.Time.Start;

        first.Should().Equal("set", "other");
        (await _flags.NextAsync()).Should().Be("work");
        started.Should().BeGreaterThanOrEqualTo(LoneGate.LongestWait);
        opened.Should().BeGreaterThanOrEqualTo(LoneGate.LongestWait + LoneGate.LongestTurn);
    }

    [Fact]
    public async Task Alone_RevokedWhileItWaits_DoesNotRun()
    {
        var fixture = await StartAsync(_flags);
        Deliver(_flags, "slow");
        (await _flags.NextAsync()).Should().Be("slow");
        var message = Deliver(_flags, "other", starts: 4);
        await Eventually.IsTrueAsync(() => fixture.Logger.Of(2044).Count == 1);

        await _flags.RevokeAsync(message.Id);
        _release.SetResult();
        (await StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
        await fixture.AdvanceUntilAsync(() => _flags.HasMore, TimeSpan.FromMilliseconds(50));

        (await StepsAsync(4)).Should().Equal("set", "clear", "store REVOKED", "Acknowledge");
    }

    [Fact]
    public async Task Others_WhileTheyWait_AreNotToldAsBegun()
    {
        var listener = new Prerun();
        await StartAsync(_flags, new TaskPolicy { TrackStarted = true }, events: [listener]);
        Deliver(_flags, "other", starts: 4);
        (await StepsAsync(2)).Should().Equal("set", "other");
        var asked = _flags.Asked;
        Deliver(_flags, "work");
        await Eventually.IsTrueAsync(() => _flags.Asked > asked); // a slot has it in its hands

        var (whileWaiting, hasMore) = (listener.Tasks.ToList(), _flags.HasMore);
        _otherRelease.SetResult();
        var steps = await StepsAsync(7);

        whileWaiting.Should().Equal("other");
        hasMore.Should().BeFalse("neither a state nor a run");
        steps.Should().BeEquivalentTo("clear", "store SUCCESS", "Acknowledge", "store STARTED", "work", "store SUCCESS", "Acknowledge");
        steps.IndexOf("clear").Should().BeLessThan(steps.IndexOf("store STARTED"));
        listener.Tasks.Should().Equal("other", "work");
    }

    [Fact]
    public async Task Others_RevokedWhileTheyWait_DoNotRun()
    {
        await StartAsync(_flags);
        Deliver(_flags, "other", starts: 4);
        (await StepsAsync(2)).Should().Equal("set", "other");
        var message = Deliver(_flags, "work");

        await _flags.RevokeAsync(message.Id);
        _otherRelease.SetResult();

        (await StepsAsync(5)).Should().BeEquivalentTo("clear", "store SUCCESS", "Acknowledge", "store REVOKED", "Acknowledge");
    }

    [Fact]
    public async Task Stop_WhileItWaitsAndOthersForIt_GivesAllBack()
    {
        var fixture = await StartAsync(_flags, concurrency: 4);
        Deliver(_flags, "slow");
        (await _flags.NextAsync()).Should().Be("slow");
        Deliver(_flags, "other", starts: 4);
        await Eventually.IsTrueAsync(() => fixture.Logger.Of(2044).Count == 1);
        Deliver(_flags, "work");
        Deliver(_flags, "work");

        var stop = fixture.Worker.StopAsync(CancellationToken.None);
        var back = await StepsAsync(3);
        _release.SetResult();
        await stop.Within();

        back.Should().Equal("Requeue", "Requeue", "Requeue");
        (await StepsAsync(3)).Should().Equal("store SUCCESS", "Acknowledge", "disposed");
        _flags.Flags.Should().BeEmpty("it did not start");
    }

    [Fact]
    public async Task HardTimeLimit_OfTheLastStart_LetsOthersStart()
    {
        var fixture = await StartAsync(_flags, new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(5) });
        Deliver(_flags, "slow", starts: 4);
        (await StepsAsync(2)).Should().Equal("set", "slow");
        Deliver(_flags, "quick");

        await fixture.AdvanceUntilAsync(() => _flags.HasMore);

        (await StepsAsync(6)).Should().StartWith("clear").And.BeEquivalentTo("clear", "store FAILURE", "Acknowledge", "quick", "store SUCCESS", "Acknowledge");
        (fixture.Time.GetUtcNow() - fixture.Time.Start).Should().BeLessThan(LoneGate.LongestTurn);
    }

    [Fact]
    public async Task Redelivery_WhileTheLastStartRuns_IsAdopted()
    {
        var fixture = await StartAsync(_flags);
        var message = Deliver(_flags, "other", starts: 4);
        (await StepsAsync(2)).Should().Equal("set", "other");

        _flags.Lose();
        _flags.Deliver(message.Copy(), isRedelivered: true);
        await Eventually.IsTrueAsync(() => fixture.Logger.Of(2036).Count == 1);
        _otherRelease.SetResult();

        (await StepsAsync(3)).Should().Equal("clear", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public void Name_OfALongId_IsShortAndItsOwn()
    {
        var (one, other) = (WorkerFixture.Message("work", change: sent => sent.Id = new string('ü', 100)), WorkerFixture.Message("work", change: sent => sent.Id = new string('ü', 101)));

        StartMarks.NameOf(one).Length.Should().BeLessThan(100);
        StartMarks.NameOf(one).Should().NotBe(StartMarks.NameOf(other));
    }

    private async Task<WorkerFixture> StartAsync(RecordingBroker broker, TaskPolicy? policy = null, int concurrency = 2, IReadOnlyList<IWorkerEvents>? events = null)
    {
        _fixture = new WorkerFixture { Broker = broker, Events = events ?? [] };
        _fixture.Options.Concurrency = concurrency;
        return await _fixture
            .Handle("work", _ => Run("work", null), policy)
            .Handle("quick", _ => Run("quick", null))
            .Handle("requeue", async _ =>
            {
                await Run("requeue", null);
                throw new TaskOutcomeException(TaskOutcome.Reject(requeue: true));
            })
            .Handle("slow", invocation => Run("slow", _release.Task.WaitAsync(invocation.Context.CancellationToken)), policy)
            .Handle("other", _ => Run("other", _otherRelease.Task))
            .StartAsync();

        async ValueTask Run(string name, Task? until)
        {
            broker.Note(name);
            if (until is not null) await until;
        }
    }

    private Task<List<string>> StepsAsync(int count) => _fixture!.StepsAsync(count);

    private static TaskMessage Deliver(RecordingBroker broker, string task, int starts = 0, bool isRedelivered = false)
    {
        var message = WorkerFixture.Message(task, change: sent => sent.SetHeader(TaskHeaders.Starts, starts == 0 ? null : (long)starts));
        broker.Deliver(message, isRedelivered: isRedelivered);
        return message;
    }

    private sealed class Prerun : IWorkerEvents
    {
        internal ConcurrentQueue<string?> Tasks { get; } = new();

        public ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken)
        {
            Tasks.Enqueue(run.Context.Name);
            return default;
        }
    }
}
