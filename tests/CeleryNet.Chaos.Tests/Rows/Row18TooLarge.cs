using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A body of 130 MiB beside 100 small ones: it alone fails, before it is sent. One over the limit that a stranger sends is refused without harm.</summary>
public abstract class Row18TooLarge(BrokerKind broker) : Row("18 too large", broker)
{
    private const int Count = 100;
    private const int LimitBytes = 16 * 1024 * 1024;

    // On Redis the body even stays there.
    private const long GrowthLimitBytes = 2 * LimitBytes;

    [SkippableFact]
    public Task Message_OverTheLimit_FailsAlone() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfClient("Limits.MaxBodyBytes is 1 GiB", "refused", queue => queue.Configure(options => options.Limits.MaxBodyBytes = 1 << 30));

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient, Workers = 1, IsProxied = true });
        var connections = stage.ClientProxy!.Accepted; // asked for

        var small = stage.EnqueueAsync("small", Count, milliseconds: 1);
        var error = await ErrorOfAsync(() => stage.Host.Client.EnqueueAsync(ChaosTasks.LengthTask("large", new string('x', 130 * 1024 * 1024))));
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.Done >= Count, TimeSpan.FromSeconds(20));
        await small;
        verdict.Demand(error is MessageFormatException, "refused", $"the large one gave {error?.GetType().Name ?? "no error"}");
        verdict.Demand(isDone && stage.Book.Done == Count, "done", $"{stage.Book.Done}, {Count} must");
        verdict.Demand(stage.ClientProxy.Accepted - connections <= (IsRabbitMQ ? 1 : 4), "connections", $"the client opened {stage.ClientProxy.Accepted - connections}");
        await JudgeInboundAsync(verdict, stage);
    }

    private async Task JudgeInboundAsync(Verdict verdict, Stage stage)
    {
        var worker = stage.Workers[0].Process;
        var before = (await worker.MeasureAsync()).MemoryBytes;
        ProcessUsage.ForgetPeak(worker.Id);
        await using var stranger = await Stranger.ConnectAsync(stage, Broker);

        var id = await stranger.SendAsync(new StrangeMessage("too large") { Body = [.. "[[\"large\", \""u8, .. Enumerable.Repeat((byte)'x', LimitBytes), .. "\"], {}, {}]"u8], Task = "chaos.length" });
        await stage.EnqueueAsync("next", 1, milliseconds: 1);
        var isNextDone = await Stage.ComesTrueAsync(() => stage.Book.HasEnded(["next-0"]), TimeSpan.FromSeconds(20));
        var growth = ProcessUsage.PeakBytesOf(worker.Id) - before;

        verdict.Note($"peak {growth / 1048576.0:0.0} MB");
        verdict.Demand(isNextDone, "next", "the task after the large message was not done");
        verdict.Demand(!stage.Book.All().Any(run => run.Key == "large"), "ran", "the task of the large message ran");
        verdict.Demand(growth <= GrowthLimitBytes, "rss", $"the worker grew by {growth / 1048576.0:0.0} MB for a message of {LimitBytes / 1048576} MB");
        verdict.Demand(await Stage.ComesTrueAsync(async () => await stranger.CountDeadAsync() == 1), "dead letters", $"{await stranger.CountDeadAsync()} instead of 1");
        verdict.Demand(worker.Output.Contains(id, StringComparison.Ordinal), "reason", $"the log does not name the message; it says {worker.Output}");
        verdict.Demand(!worker.HasExited, "exits", "the worker ended");
    }

    private static async Task<Exception?> ErrorOfAsync(Func<Task> action)
    {
        try
        {
            await action();
            return null;
        }
        catch (TaskQueueException error)
        {
            return error;
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row18OverRabbitMQ() : Row18TooLarge(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row18OverRedis() : Row18TooLarge(BrokerKind.Redis);
