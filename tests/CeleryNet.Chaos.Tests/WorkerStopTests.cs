using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests;

/// <summary>A worker is asked to stop (SIGTERM) in the middle of its tasks: what runs ends, what waits goes back at once, nothing runs twice.</summary>
public sealed class WorkerStopTests
{
    private const int Count = 60;
    private const int TaskMilliseconds = 400;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    // Shorter than a lease of Redis (20 s): what waited was given back, not swept up.
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public Task RabbitMQ_WorkerStoppedInMidTask_RunsEachTaskOnce() => WorkerStopped_RunsEachTaskOnceAsync(new Setup(TestServers.RabbitMQ, TestServers.Redis));

    [SkippableFact]
    public Task Redis_WorkerStoppedInMidTask_RunsEachTaskOnce() => WorkerStopped_RunsEachTaskOnceAsync(new Setup(TestServers.Redis, TestServers.Redis));

    private static async Task WorkerStopped_RunsEachTaskOnceAsync(Setup setup)
    {
        using var shared = setup;
        await using var host = await ClientHost.StartAsync(setup);
        await using var first = await WorkerProcess.StartAsync(setup);
        var keys = Enumerable.Range(0, Count).Select(i => $"task-{i}").ToList();

        var handles = await host.Client.EnqueueManyAsync(keys.Select(key => ChaosTasks.RecordTask(key, TaskMilliseconds)));
        await Eventually.IsTrueAsync(() => Run.ReadAll(setup).Count(run => !run.IsEnd) >= Setup.Concurrency, TimeSpan.FromSeconds(30));
        var exitCode = await first.TerminateAsync(StopLimit);
        var atStop = Run.ReadAll(setup);
        await using var second = await WorkerProcess.StartAsync(setup);
        var results = await Task.WhenAll(handles.Select(handle => handle.GetAsync(TakeOverLimit)));

        exitCode.Should().Be(0, "stopping is no failure; the worker printed {0}", first.Output);
        atStop.Where(run => !run.IsEnd).Select(run => run.Key).Should().BeEquivalentTo(atStop.Where(run => run.IsEnd).Select(run => run.Key), "what had begun was let end");
        atStop.Count(run => run.IsEnd).Should().BeLessThan(Count, "the signal came in the middle");
        results.Should().Equal(keys);
        Run.ReadAll(setup).Where(run => !run.IsEnd).Select(run => run.Key).Should().BeEquivalentTo(keys, "each ran, and ran once");
    }
}
