using System.Text;
using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>What a running task tells of itself.</summary>
public sealed class ReportTests
{
    private const string Task = "work";

    [Fact]
    public async Task Report_TheFirst_IsStoredAtOnceBeforeTheEnd()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, async run => await run.Context.ReportAsync("CRUNCHING", new Dictionary<string, int> { ["done"] = 3 })).StartAsync();

        var delivery = fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => (message.GroupId, message.ParentId) = ("g", "p")));

        (await fixture.StepsAsync(3)).Should().Equal("store CRUNCHING", "store SUCCESS", "Acknowledge");
        var stored = fixture.Broker.Stored[0];
        (stored.TaskId, stored.GroupId, stored.ParentId, stored.DateDone, Text(stored)).Should().Be((delivery.Message.Id!, (string?)"g", (string?)"p", (DateTimeOffset?)null, """{"done":3}"""));
    }

    [Fact]
    public async Task Progress_FasterThanTheInterval_StoresTheNewestOnly()
    {
        var (progress, release) = (new TaskCompletionSource<IProgress<int>>(), new TaskCompletionSource());
        await using var fixture = await Waiting(progress, release).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message(Task));
        var report = await progress.Task.Within();

        for (var i = 1; i <= 10; i++) report.Report(i);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(499));
        report.Report(11);
        var early = await fixture.StepsAsync(1);
        fixture.Broker.HasMore.Should().BeFalse("the interval has not passed");
        fixture.Time.Advance(TimeSpan.FromMilliseconds(2));
        var late = await fixture.StepsAsync(1);
        release.SetResult();

        early.Concat(late).Concat(await fixture.StepsAsync(2)).Should().Equal("store PROGRESS", "store PROGRESS", "store SUCCESS", "Acknowledge");
        fixture.Broker.Stored.Take(2).Select(Text).Should().Equal("1", "11");
    }

    [Fact]
    public async Task Report_WithoutInterval_StoresEach()
    {
        var fixture = new WorkerFixture();
        fixture.Options.ReportInterval = TimeSpan.Zero;
        fixture.Handle(Task, async run =>
        {
            for (var i = 1; i <= 3; i++) await run.Context.ReportAsync($"STEP {i}", i);
        });
        await using var started = await fixture.StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(5)).Should().Equal("store STEP 1", "store STEP 2", "store STEP 3", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Report_WhileTheStoreIsSlow_IsNeverStoredAfterTheEnd()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (progress, release) = (new TaskCompletionSource<IProgress<int>>(), new TaskCompletionSource());
        var fixture = Waiting(progress, release, new RecordingBroker { StoreGate = gate });
        await using var started = await fixture.StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message(Task));
        var report = await progress.Task.Within();
        report.Report(1);
        report.Report(2); // waits for its turn, and then the end replaces it

        release.SetResult();
        gate.SetResult();

        (await fixture.StepsAsync(3)).Should().Equal("store PROGRESS", "store SUCCESS", "Acknowledge");
        report.Report(3);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        fixture.Broker.Deliver(WorkerFixture.Message("unknown"));
        (await fixture.StepsAsync(1)).Should().Equal("store FAILURE"); // of the other task: nothing came between
        fixture.Broker.Stored.Count.Should().Be(3);
    }

    [Fact]
    public async Task Report_BeforeAnEndThatStoresNothing_IsKept()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, async run =>
            {
                await run.Context.ReportAsync("FIRST", 1);
                await run.Context.ReportAsync("LAST", 2);
                run.End(TaskOutcome.Ignore);
            }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(3)).Should().Equal("store FIRST", "store LAST", "Acknowledge");
    }

    [Fact]
    public async Task Report_AfterTheHardLimit_IsDropped()
    {
        var (progress, release, ended) = (new TaskCompletionSource<IProgress<int>>(), new TaskCompletionSource(), new TaskCompletionSource());
        var fixture = new WorkerFixture();
        fixture.Handle(
            Task,
            async run =>
            {
                var report = run.Progress(WireConverters.Int32);
                progress.SetResult(report);
                await release.Task;
                report.Report(1);
                await run.Context.ReportAsync("LATE", 1);
                ended.SetResult();
            },
            new TaskPolicy { TimeLimit = TimeSpan.FromSeconds(10) });
        await using var started = await fixture.StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message(Task));
        await progress.Task.Within();
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        var steps = await fixture.StepsAsync(2);

        release.SetResult();
        await ended.Task.Within();

        steps.Should().Equal("store FAILURE", "Acknowledge");
        fixture.Broker.Stored.Should().ContainSingle();
    }

    [Fact]
    public async Task Report_StoreThatIsDown_IsLoggedAndTheTaskSucceeds()
    {
        var fixture = new WorkerFixture();
        fixture.Broker.FailingStores = 1;
        fixture.Handle(Task, async run => await run.Context.ReportAsync("CRUNCHING", 1));
        await using var started = await fixture.StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(3)).Should().Equal("store failed", "store SUCCESS", "Acknowledge");
        fixture.Logger.Of(4000).Should().ContainSingle().Which.Should().Contain("CRUNCHING");
    }

    [Theory]
    [InlineData("SUCCESS")]
    [InlineData("FAILURE")]
    [InlineData("RETRY")]
    [InlineData("REVOKED")]
    [InlineData("STARTED")]
    [InlineData("PENDING")]
    [InlineData("RECEIVED")]
    public async Task Report_StateOfCelerys_IsRefused(string state)
    {
        await using var fixture = await new WorkerFixture().Handle(Task, async run => await run.Context.ReportAsync(state, 1)).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");
        fixture.Broker.Stored[0].Error!.Message.Should().Match($"*cannot report state '{state}'*[CN2006]");
    }

    [Fact]
    public async Task Report_OfATypeWithoutMetadata_FailsTheTaskWithTheWayOut()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, async run => await run.Context.ReportAsync("CRUNCHING", new { Done = 3 })).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(2)).Should().Equal("store FAILURE", "Acknowledge");
        fixture.Broker.Stored[0].Error!.Message.Should().Contain("UseJsonContext");
    }

    [Fact]
    public async Task Report_WithIgnoredResult_StoresNothing()
    {
        await using var fixture = await new WorkerFixture().Handle(Task, async run => await run.Context.ReportAsync("CRUNCHING", 1)).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task, change: message => message.IgnoreResult = true));

        (await fixture.StepsAsync(1)).Should().Equal("Acknowledge");
        fixture.Broker.Stored.Should().BeEmpty();
    }

    [Fact]
    public async Task Report_BeforeARetry_IsReplacedByIt()
    {
        await using var fixture = await new WorkerFixture()
            .Handle(Task, async run =>
            {
                await run.Context.ReportAsync("FIRST", 1);
                await run.Context.ReportAsync("SECOND", 2);
                throw run.Context.Retry(TimeSpan.FromSeconds(5));
            }).StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message(Task));

        (await fixture.StepsAsync(4)).Should().Equal("store FIRST", "store RETRY", "publish celery", "Acknowledge");
    }

    [Fact]
    public async Task ReportAsync_OutsideOfAWorker_DoesNothing()
    {
        using var cancellation = new TaskCancellation();
        var context = new TaskContext(WorkerFixture.Message(Task), "celery", "test@here", isRedelivered: false, cancellation);

        await context.Invoking(context => context.ReportAsync("CRUNCHING", 1)).Should().NotThrowAsync();
    }

    private static WorkerFixture Waiting(TaskCompletionSource<IProgress<int>> progress, TaskCompletionSource release, RecordingBroker? broker = null) =>
        new WorkerFixture { Broker = broker ?? new RecordingBroker() }.Handle(Task, async run =>
        {
            progress.SetResult(run.Progress(WireConverters.Int32));
            await release.Task;
        });

    private static string Text(TaskResult result) => Encoding.UTF8.GetString(result.Value.Span);
}
