using CeleryNet.Contracts;

namespace CeleryNet.Tests.Worker;

/// <summary>How many tasks run at once, changed from outside and by load.</summary>
public sealed class PoolControlTests : IAsyncDisposable
{
    private readonly ControlFixture _peers = new();

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Fact]
    public async Task Grow_LetsMoreTasksRunAtOnce()
    {
        await _peers.StartAsync();
        await _peers.RunAsync();
        await _peers.RunAsync();

        await _peers.AskAsync("pool_grow", """{"n": 2}""");
        await _peers.RunAsync();
        await _peers.RunAsync();

        (await _peers.AskAsync("active")).GetArrayLength().Should().Be(4);
        (await _peers.AskAsync("stats")).GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().Be(4);
        await Eventually.IsTrueAsync(() => { lock (_peers.Broker.Prefetches) return _peers.Broker.Prefetches is [.., 16]; });
    }

    [Fact]
    public async Task Shrink_EndsIdleSlots_AndBusyOnesAfterTheirTask()
    {
        _peers.Fixture.Options.Concurrency = 3;
        await _peers.StartAsync();
        await _peers.RunAsync();
        await _peers.RunAsync();

        await _peers.AskAsync("pool_shrink", """{"n": 2}"""); // one idle, one busy
        _peers.Broker.Deliver(WorkerFixture.Message("slow"));
        await Eventually.IsTrueAsync(async () => (await _peers.AskAsync("reserved")).GetArrayLength() == 1);
        (await _peers.AskAsync("active")).GetArrayLength().Should().Be(2, "what runs goes on");
        _peers.Release.SetResult();

        var steps = await _peers.Fixture.StepsAsync(7);
        steps.Count(step => step == "store SUCCESS").Should().Be(3, "the slot that is left runs the third");
        (await _peers.AskAsync("stats")).GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task Grow_AfterShrink_KeepsSlotsThatHaveNotEnded()
    {
        await _peers.StartAsync();
        await _peers.RunAsync();
        await _peers.RunAsync();

        await _peers.AskAsync("pool_shrink");
        await _peers.AskAsync("pool_grow");
        await _peers.AskAsync("pool_grow");
        await _peers.RunAsync();

        _peers.Broker.Deliver(WorkerFixture.Message("slow"));
        await Eventually.IsTrueAsync(async () => (await _peers.AskAsync("reserved")).GetArrayLength() == 1);
        (await _peers.AskAsync("active")).GetArrayLength().Should().Be(3);
    }

    [Fact]
    public async Task Autoscale_FollowsTheLoadWithinItsRange()
    {
        (_peers.Fixture.Options.MinConcurrency, _peers.Fixture.Options.Concurrency) = (1, 3);
        await _peers.StartAsync();
        await _peers.RunAsync();
        for (var i = 0; i < 4; i++) _peers.Broker.Deliver(WorkerFixture.Message("slow"));
        await Eventually.IsTrueAsync(async () => (await _peers.AskAsync("reserved")).GetArrayLength() == 4);

        await _peers.Fixture.AdvanceUntilAsync(() => _peers.Broker.HasMore);
        (await _peers.Fixture.StepsAsync(2)).Should().Equal("run", "run");
        var stats = (await _peers.AskAsync("stats")).GetProperty("autoscaler");
        _peers.Release.SetResult();
        await _peers.Fixture.StepsAsync(12); // 5 results, 5 acknowledgements, 2 runs
        await _peers.Fixture.AdvanceUntilAsync(() => CurrentAsync().GetAwaiter().GetResult() == 1, TimeSpan.FromSeconds(5)); // the doubles answer at once

        (stats.GetProperty("current").GetInt32(), stats.GetProperty("max").GetInt32(), stats.GetProperty("min").GetInt32(), stats.GetProperty("qty").GetInt32()).Should().Be((3, 3, 1, 5));
    }

    [Fact]
    public async Task Autoscale_ByCommand_ChangesTheRangeAtOnce()
    {
        (_peers.Fixture.Options.MinConcurrency, _peers.Fixture.Options.Concurrency) = (1, 3);
        await _peers.StartAsync();

        var reply = await _peers.AskAsync("autoscale", """{"max": 6, "min": 4}""");

        reply.GetProperty("ok").GetString().Should().Be("autoscale now max=6 min=4");
        (await CurrentAsync()).Should().Be(4);
        (await _peers.AskAsync("pool_grow")).GetProperty("error").GetString().Should().Be("pool_grow is not supported with autoscale. Adjust autoscale range instead.");
        (await _peers.AskAsync("autoscale", """{"max": 1, "min": 2}""")).GetProperty("error").GetString().Should().StartWith("ValueError(");
    }

    private async Task<int> CurrentAsync() => (await _peers.AskAsync("stats")).GetProperty("autoscaler").GetProperty("current").GetInt32();
}
