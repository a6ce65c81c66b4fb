using CeleryNet.Contracts;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>The phases of a stop. The clock stands still, so no phase ends by its deadline unless the test moves it.</summary>
public sealed class StopTests : IAsyncDisposable
{
    private readonly WorkerFixture _fixture = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Drain_UntilItsDeadline_ThenCancels()
    {
        _fixture.Options.CancelTimeout = TimeSpan.FromDays(1); // the clock may run on before the cancelled task has ended
        await StartAsync();
        await RunAsync("endless");

        var stop = _fixture.Worker.StopAsync(CancellationToken.None);
        await _fixture.AdvanceUntilAsync(() => _fixture.Logger.Of(2004).Count == 1);

        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
        await stop;
        (_fixture.Time.GetUtcNow() - _fixture.Time.Start).Should().BeGreaterThanOrEqualTo(_fixture.Options.ShutdownTimeout);
    }

    [Fact]
    public async Task Hurry_InTheMiddleOfTheDrain_Cancels()
    {
        using var hurry = new CancellationTokenSource();
        await StartAsync();
        await RunAsync("endless");
        var stop = _fixture.Worker.StopAsync(hurry.Token);
        await Eventually.IsTrueAsync(() => _fixture.Logger.Of(2002).Count == 1);

        await hurry.CancelAsync();

        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
        await stop;
        _fixture.Time.GetUtcNow().Should().Be(_fixture.Time.Start);
        _fixture.Logger.Of(2041).Should().ContainSingle();
    }

    [Fact]
    public async Task Stop_AskedTwiceAtOnce_IsOneStopThatEitherMayHurry()
    {
        await StartAsync();
        await RunAsync("endless");
        var first = _fixture.Worker.StopAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(() => _fixture.Logger.Of(2002).Count == 1);

        await _fixture.Worker.StopAsync(new CancellationToken(canceled: true)).Within();

        await first.Within();
        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
        _fixture.Broker.HasMore.Should().BeFalse();
        _fixture.Logger.Of(2002).Should().ContainSingle();
    }

    [Fact]
    public async Task Hurry_WhenNothingEnds_TakesLessThanThreeSeconds()
    {
        var clock = new SkippingClock();
        await using var fixture = new WorkerFixture { Clock = clock };
        fixture.Options.CancelTimeout = TimeSpan.FromMinutes(1);
        await fixture.Handle("stuck", async _ => { fixture.Broker.Note("run"); await _release.Task; }).StartAsync();
        fixture.Broker.Deliver(WorkerFixture.Message("stuck"));
        (await fixture.Broker.NextAsync()).Should().Be("run");

        clock.IsSkipping = true;
        await fixture.Worker.StopAsync(new CancellationToken(canceled: true));

        (await fixture.Broker.NextAsync()).Should().Be("disposed", "the broker gives back what is unsettled");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
        fixture.Logger.Of(2042).Should().ContainSingle();
        _release.SetResult();
    }

    [Fact]
    public async Task Stop_FromItsBeginning_StartsNothing()
    {
        _fixture.Options.Concurrency = 1;
        await StartAsync();
        await RunAsync("stuck");
        for (var i = 0; i < 3; i++) _fixture.Broker.Deliver(WorkerFixture.Message("quick"));

        var stop = _fixture.Worker.StopAsync(CancellationToken.None);

        (await _fixture.StepsAsync(3)).Should().Equal("Requeue", "Requeue", "Requeue");
        _release.SetResult();
        (await _fixture.StepsAsync(3)).Should().Equal("store SUCCESS", "Acknowledge", "disposed");
        await stop;
    }

    [Fact]
    public async Task Stop_TaskAcknowledgedEarlyThatIsCancelled_IsStoredSinceNobodyRunsItAgain()
    {
        await StartAsync();
        _fixture.Broker.Deliver(WorkerFixture.Message("once"));
        (await _fixture.StepsAsync(2)).Should().Equal("Acknowledge", "run");

        await _fixture.Worker.StopAsync(new CancellationToken(canceled: true));

        (await _fixture.StepsAsync(2)).Should().Equal("store FAILURE", "disposed");
    }

    [Fact]
    public async Task Stop_Again_DoesNothing()
    {
        await using var fixture = await new WorkerFixture().StartAsync();
        await fixture.Worker.StopAsync(CancellationToken.None);
        await fixture.Worker.StopAsync(CancellationToken.None);

        (await fixture.Broker.NextAsync()).Should().Be("disposed");
        fixture.Broker.HasMore.Should().BeFalse();
    }

    private Task<WorkerFixture> StartAsync() => _fixture
        .Handle("endless", EndlessAsync)
        .Handle("once", EndlessAsync, new TaskPolicy { AckEarly = true })
        .Handle("stuck", async _ => { _fixture.Broker.Note("run"); await _release.Task; })
        .Handle("quick", _ => { _fixture.Broker.Note("quick"); return default; })
        .StartAsync();

    private async ValueTask EndlessAsync(TaskInvocation invocation)
    {
        _fixture.Broker.Note("run");
        await Task.Delay(Timeout.Infinite, invocation.Context.CancellationToken);
    }

    private async Task RunAsync(string task)
    {
        _fixture.Broker.Deliver(WorkerFixture.Message(task));
        (await _fixture.Broker.NextAsync()).Should().Be("run");
    }
}
