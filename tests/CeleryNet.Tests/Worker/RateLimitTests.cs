using CeleryNet.Contracts;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>The rate limit of one worker, on a fake clock.</summary>
public sealed class RateLimitTests : IAsyncDisposable
{
    private const int Prefetch = 8;

    private readonly PowerfulBroker _broker = new();
    private readonly WorkerFixture _fixture;

    public RateLimitTests()
    {
        _fixture = new WorkerFixture { Broker = _broker };
        _fixture.Options.Prefetch = Prefetch; // else what is learned from tasks that take no time would raise it, and this clock does not let it forget
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Starts_AreSpacedAndWaitWithoutASlotOrAPrefetchPlace()
    {
        var starts = new List<DateTimeOffset>();
        await HandleAsync("1/s", starts);

        for (var i = 0; i < 6; i++) _broker.Deliver(WorkerFixture.Message("limited"));
        await StartedAsync(starts, 1);
        await Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches.LastOrDefault() == Prefetch + 5; });
        await _fixture.AdvanceUntilAsync(() => Count(starts) == 6, TimeSpan.FromMilliseconds(100));

        lock (starts) starts.Select((start, index) => start - _fixture.Time.Start - TimeSpan.FromSeconds(index)).Should().OnlyContain(ahead => ahead >= TimeSpan.Zero, "none starts before its turn");
        _broker.Parked.Should().BeEmpty();
    }

    [Fact]
    public async Task Starts_BeyondTheHoldWindow_AreParkedOneAfterTheOther()
    {
        var starts = new List<DateTimeOffset>();
        _fixture.Options.HoldWindow = TimeSpan.FromSeconds(10);
        await HandleAsync("12/m", starts); // one in 5 s

        for (var i = 0; i < 6; i++) _broker.Deliver(WorkerFixture.Message("limited"));
        await Eventually.IsTrueAsync(() => _broker.Parked.Count == 3);

        var begin = _fixture.Time.GetUtcNow();
        _broker.Parked.Select(parked => (parked.Due - begin).TotalSeconds).Order().Should().Equal(15 - 8, 20 - 8, 25 - 8); // each comes back 8 s ahead of its time
        Count(starts).Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Starts_WithEta_AreSpacedFromThenOn()
    {
        var starts = new List<DateTimeOffset>();
        await HandleAsync("1/s", starts);
        var eta = _fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(5);

        for (var i = 0; i < 3; i++) _broker.Deliver(WorkerFixture.Message("limited", change: message => message.Eta = eta));
        await _fixture.AdvanceUntilAsync(() => Count(starts) == 3, TimeSpan.FromMilliseconds(100));

        lock (starts)
        {
            starts[0].Should().BeOnOrAfter(eta);
            starts[2].Should().BeOnOrAfter(eta + TimeSpan.FromSeconds(1.9));
        }
    }

    [Fact]
    public async Task Stop_WhileATaskWaitsForItsTurn_GivesItBack()
    {
        var starts = new List<DateTimeOffset>();
        await HandleAsync("6/m", starts);
        _broker.Deliver(WorkerFixture.Message("limited"));
        _broker.Deliver(WorkerFixture.Message("limited"));
        await StartedAsync(starts, 1);
        await Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches.LastOrDefault() == Prefetch + 1; });

        await _fixture.Worker.StopAsync(CancellationToken.None).Within();

        (await _fixture.StepsAsync(4)).Should().Equal("store SUCCESS", "Acknowledge", "Requeue", "disposed");
    }

    private async Task HandleAsync(string rate, List<DateTimeOffset> starts) => await _fixture.Handle(
        "limited",
        _ =>
        {
            lock (starts) starts.Add(_fixture.Time.GetUtcNow());
            return default;
        },
        new TaskPolicy { RateLimit = TaskRate.Parse(rate) }).StartAsync();

    private static Task StartedAsync(List<DateTimeOffset> starts, int count) => Eventually.IsTrueAsync(() => Count(starts) == count);

    private static int Count(List<DateTimeOffset> starts)
    {
        lock (starts) return starts.Count;
    }
}
