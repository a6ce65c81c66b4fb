using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests;

/// <summary>A worker is killed with signal 9 in the middle of its tasks.</summary>
public sealed class WorkerKillTests
{
    private const int Count = 200;

    // Redis: a lease of 20 s and the sweep after it.
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);

    // Between a task's own end, which its record shows, and the moment its acknowledgement is on the wire: the worker is still at it. The result is stored, and acknowledgements
    // travel together every 2 ms; the rest is what a busy machine may add.
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(50);

    [SkippableFact]
    public Task RabbitMQ_WorkerKilledInMidTask_LosesNothing() => WorkerKilled_LosesNothingAsync(new Setup(TestServers.RabbitMQ, TestServers.Redis));

    [SkippableFact]
    public Task Redis_WorkerKilledInMidTask_LosesNothing() => WorkerKilled_LosesNothingAsync(new Setup(TestServers.Redis, TestServers.Redis));

    private static async Task WorkerKilled_LosesNothingAsync(Setup setup)
    {
        using var shared = setup;
        await using var host = await ClientHost.StartAsync(setup);
        await using var first = await WorkerProcess.StartAsync(setup);
        var keys = Enumerable.Range(0, Count).Select(i => $"task-{i}").ToList();

        var handles = await host.Client.EnqueueManyAsync(keys.Select(key => ChaosTasks.RecordTask(key, 100)));
        await Eventually.IsTrueAsync(() => Run.ReadAll(setup).Count(run => run.IsEnd) >= 40, TimeSpan.FromSeconds(30));
        await first.KillAsync();
        var atKill = Run.ReadAll(setup);
        var ended = atKill.Where(run => run.IsEnd).ToList();
        var running = atKill.Select(run => run.Key).Except(ended.Select(run => run.Key)).ToList();
        var justEnded = ended.Where(run => ended.Max(other => other.Time) - run.Time <= SettleTime).Select(run => run.Key).ToList();
        await using var second = await WorkerProcess.StartAsync(setup);
        await Eventually.IsTrueAsync(() => Run.ReadAll(setup).Where(run => run.IsEnd).DistinctBy(run => run.Key).Count() == Count, RecoveryLimit);
        var results = await Task.WhenAll(handles.Select(handle => handle.GetAsync(TimeSpan.FromSeconds(10))));

        var runs = Run.ReadAll(setup);
        results.Should().Equal(keys);
        atKill.Count(run => run.IsEnd).Should().BeLessThan(Count, "the kill came in the middle");
        running.Should().NotBeEmpty("tasks were running when it came").And.HaveCountLessThanOrEqualTo(Setup.Concurrency);
        runs.Select(run => run.Key).Distinct().Should().BeSubsetOf(keys);
        var twice = runs.Where(run => !run.IsEnd).GroupBy(run => run.Key).Where(starts => starts.Count() > 1).ToList();
        twice.Should().OnlyContain(starts => starts.Count() == 2);
        twice.Select(starts => starts.Key).Should().BeSubsetOf(running.Union(justEnded), "only what was running may run twice");
    }
}
