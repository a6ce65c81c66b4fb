using System.Runtime.InteropServices;
using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A worker is asked to stop (SIGTERM) in the middle of its tasks: what runs ends, what waits goes back at once, nothing runs twice.</summary>
public abstract class Row03WorkerStopped(BrokerKind broker) : Row("3 SIGTERM", broker)
{
    private static readonly TimeSpan LongestTask = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(0.2);

    // Shorter than a lease of Redis (20 s): what waited was given back, not swept up.
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public Task Worker_StoppedInMidTask_RunsEachTaskOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoDrain;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Load = new LoadShape { LongEvery = 20, LongMilliseconds = (int)LongestTask.TotalMilliseconds } });
        var stopping = stage.Workers[0].Process;
        stopping.IsExitExpected = true;
        var signal = DateTimeOffset.MaxValue;
        var exited = DateTimeOffset.MaxValue;

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            // A backlog, so that the worker holds messages whose tasks have not begun.
            await Eventually.IsTrueAsync(() => stage.Book.Unfinished(stopping.Id).Count > 0);
            signal = DateTimeOffset.UtcNow;
            stopping.Signal(PosixSignal.SIGTERM);
            await stopping.WaitForExitAsync(TimeSpan.FromSeconds(30));
            exited = DateTimeOffset.UtcNow;
        }));

        verdict.Judge(tally, new Bounds { Duplicates = 0, Recovered = TimeSpan.FromSeconds(3) });
        verdict.Note($"exit after {(exited - signal).TotalSeconds:0.0} s");
        verdict.Demand(stopping.ExitCode == 0, "exits", $"the worker ended with code {stopping.ExitCode}; it printed {stopping.Output}");
        verdict.Demand(exited - signal <= LongestTask + TimeSpan.FromSeconds(2), "exit time", $"the worker took {exited - signal} to stop");
        var runs = stage.Book.All();
        var late = runs.Where(run => !run.IsEnd && run.ProcessId == stopping.Id && run.Time > signal + Notice).ToList();
        verdict.Demand(late.Count == 0, "starts", $"{late.Count} tasks began in the stopping worker, the last {late.LastOrDefault().Time - signal} after the signal");
        verdict.Demand(stage.Book.Unfinished(stopping.Id).Count == 0, "unfinished", $"{stage.Book.Unfinished(stopping.Id).Count} tasks that had begun did not end");
        var done = runs.Where(run => run.IsEnd).GroupBy(run => run.Key).ToDictionary(ends => ends.Key, ends => ends.Min(run => run.Time));
        var waits = stage.Load.Publishes.Where(publish => publish.IsAcked && publish.End < signal && done.ContainsKey(publish.Key)).Select(publish => done[publish.Key] - signal);
        verdict.Demand(waits.Max() <= TakeOverLimit, "take-over", $"a task from before the signal ended {waits.Max()} after it");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row03OverRabbitMQ() : Row03WorkerStopped(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row03OverRedis() : Row03WorkerStopped(BrokerKind.Redis);
