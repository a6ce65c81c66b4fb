using System.Runtime.InteropServices;
using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A worker is told to go now, by a second SIGTERM or by SIGQUIT, while tasks of 10 s run: it is gone in 3 s, and what it had begun goes on elsewhere at once.</summary>
public abstract class Row04ColdStop(BrokerKind broker, bool isQuit) : Row(isQuit ? "4 SIGQUIT" : "4 second SIGTERM", broker)
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(3);

    // Long before a lease of Redis (20 s) ends: the worker gave it back.
    private static readonly TimeSpan TakeOverLimit = TimeSpan.FromSeconds(1);

    [SkippableFact]
    public Task Worker_ToldToGoNow_GivesItsTasksBackAtOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.AcknowledgedEarly;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        // On average 7 of the 16 slots run a task of 10 s, so that the other worker has room for those of this one.
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Load = new LoadShape { LongEvery = 65, LongMilliseconds = 10_000 } });
        var stopping = stage.Workers[0].Process;
        stopping.IsExitExpected = true;
        var (signal, exited) = (DateTimeOffset.MaxValue, DateTimeOffset.MaxValue);

        var tally = await stage.PlayAsync(verdict, () => stage.DuringAsync(async () =>
        {
            await Eventually.IsTrueAsync(() => stage.Book.Unfinished(stopping.Id).Count(run => DateTimeOffset.UtcNow - run.Time is { TotalSeconds: > 0.5 and < 6 }) >= 2, Stage.Patience);
            if (!isQuit)
            {
                stopping.Signal(PosixSignal.SIGTERM);
                await Task.Delay(TimeSpan.FromSeconds(0.5));
            }

            signal = DateTimeOffset.UtcNow;
            stopping.Signal(isQuit ? PosixSignal.SIGQUIT : PosixSignal.SIGTERM);
            await stopping.WaitForExitAsync(TimeSpan.FromSeconds(40));
            exited = DateTimeOffset.UtcNow;
        }));

        verdict.Judge(tally, new Bounds { Duplicates = Setup.Slots, Recovered = TimeSpan.FromSeconds(3) });
        verdict.Note($"exit after {(exited - signal).TotalSeconds:0.0} s with code {stopping.ExitCode}");
        verdict.Demand(exited - signal <= ExitLimit, "exit time", $"the worker took {exited - signal} to go");
        JudgeTakeOver(verdict, stage, stopping, signal, exited);
    }

    private static void JudgeTakeOver(Verdict verdict, Stage stage, WorkerProcess stopping, DateTimeOffset signal, DateTimeOffset exited)
    {
        var starts = stage.Book.All().Where(run => !run.IsEnd && run.ProcessId != stopping.Id && run.Time > signal).ToLookup(run => run.Key, run => run.Time);
        var unfinished = stage.Book.Unfinished(stopping.Id).Select(run => run.Key).ToList();
        var waits = unfinished.Where(starts.Contains).Select(key => starts[key].Min() - exited).ToList();
        verdict.Note($"{waits.Count} taken over within {waits.DefaultIfEmpty().Max().TotalSeconds:0.0} s");
        verdict.Demand(unfinished.Count > 0, "hit", "no task was running at the end");
        verdict.Demand(waits.Count == unfinished.Count && waits.All(wait => wait <= TakeOverLimit), "take-over", $"{waits.Count} of {unfinished.Count} began again, the last {waits.DefaultIfEmpty().Max()} after the exit");
    }
}

/// <summary>RabbitMQ, second SIGTERM.</summary>
public sealed class Row04RabbitMQTerm() : Row04ColdStop(BrokerKind.RabbitMQ, isQuit: false);

/// <summary>RabbitMQ, SIGQUIT.</summary>
public sealed class Row04RabbitMQQuit() : Row04ColdStop(BrokerKind.RabbitMQ, isQuit: true);

/// <summary>Redis, second SIGTERM.</summary>
public sealed class Row04RedisTerm() : Row04ColdStop(BrokerKind.Redis, isQuit: false);

/// <summary>Redis, SIGQUIT.</summary>
public sealed class Row04RedisQuit() : Row04ColdStop(BrokerKind.Redis, isQuit: true);
