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
        await StartAsync();
        await RunAsync("endless");

        var stop = _fixture.Worker.StopAsync(CancellationToken.None);
        await _fixture.AdvanceUntilAsync(() => _fixture.Broker.HasMore);

        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
        await stop;
        (_fixture.Time.GetUtcNow() - _fixture.Time.Start).Should().BeGreaterThanOrEqualTo(_fixture.Options.ShutdownTimeout);
        _fixture.Logger.Of(2004).Should().ContainSingle();
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
    public async Task Hurry_TaskThatDoesNotEnd_IsLeftWithinThreeSeconds()
    {
        _fixture.Options.CancelTimeout = TimeSpan.FromMinutes(1);
        await StartAsync();
        await RunAsync("stuck");

        var stop = _fixture.Worker.StopAsync(new CancellationToken(canceled: true));
        await _fixture.AdvanceUntilAsync(() => stop.IsCompleted, TimeSpan.FromMilliseconds(100));

        (await _fixture.Broker.NextAsync()).Should().Be("disposed", "the broker gives back what is unsettled");
        (_fixture.Time.GetUtcNow() - _fixture.Time.Start).Should().BeLessThan(TimeSpan.FromSeconds(3));
        _fixture.Logger.Of(2042).Should().ContainSingle();
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
    public async Task Stop_BeforeTheStart_DoesNothing()
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
