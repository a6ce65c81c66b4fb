using System.Globalization;
using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Bodies and headers made to hurt: each is refused with a reason, quickly and within bounded memory, and the next tasks run.</summary>
public abstract class Row31HostileBodies(BrokerKind broker) : Row("31 hostile bodies", broker)
{
    private const int Good = 50;
    private const long GrowthLimitBytes = 128 * 1024 * 1024;

    // An assembly that nothing else of the worker needs: loaded would mean that a type was looked up by its name in a message.
    private const string TellTale = "System.Private.Xml";

    // The limit of the heap is that of the row, so that what is judged is what the worker needs and not what the collector has not come round to. (Hexadecimal.)
    private static readonly Dictionary<string, string> Heap = new() { ["DOTNET_GCHeapHardLimit"] = GrowthLimitBytes.ToString("X", CultureInfo.InvariantCulture) };

    private static readonly TimeSpan ProcessorLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NextLimit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public Task Message_MadeToHurt_IsRefusedAndTheNextRuns() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation { get; } = new("limits of decompression are off", "rss")
    {
        Apply = scenery => scenery with
        {
            WorkerEnvironment = new Dictionary<string, string>
            {
                ["TaskQueue__Limits__MaxDecompressedBytes"] = int.MaxValue.ToString(CultureInfo.InvariantCulture),
                ["TaskQueue__Limits__MaxCompressionRatio"] = int.MaxValue.ToString(CultureInfo.InvariantCulture),
            },
        },
    };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient, Workers = 1, WorkerEnvironment = Heap });
        await using var stranger = await Stranger.ConnectAsync(stage, Broker);
        var worker = stage.Workers[0].Process;
        await stage.EnqueueAsync("warm", 1, milliseconds: 1);
        await Stage.ComesTrueAsync(() => stage.Book.Done == 1, NextLimit);
        var before = (await worker.MeasureAsync()).MemoryBytes;
        ProcessUsage.ForgetPeak(worker.Id);

        var messages = HostileMessages.All;
        for (var index = 0; index < messages.Count && !worker.HasExited; index++) await JudgeOneAsync(verdict, stage, stranger, messages[index], index);
        await stage.EnqueueAsync("good", Good, milliseconds: 1);
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.All().Count(run => run.IsEnd && run.Key.StartsWith("good-", StringComparison.Ordinal)) == Good, NextLimit);

        var refused = messages.Count(message => message.IsRefused);
        var dead = await stranger.CountDeadAsync();
        verdict.Demand(isDone, "done", "not all good tasks ran");
        verdict.Demand(dead <= refused, "dead letters", $"{dead} for {refused} refused messages");
        verdict.Demand(!worker.HasExited, "exits", $"the worker ended; it printed {worker.Output}");
        if (worker.HasExited) return;
        var growth = ProcessUsage.PeakBytesOf(worker.Id) - before;
        verdict.Note($"peak {growth / 1048576.0:0.0} MB");
        verdict.Demand(growth <= GrowthLimitBytes, "rss", $"the worker grew by {growth / 1048576.0:0.0} MB, at most 128");
        verdict.Demand(!File.ReadAllText($"/proc/{worker.Id}/maps").Contains(TellTale, StringComparison.Ordinal), "types", $"{TellTale} was loaded");
        verdict.Demand(!stage.Book.All().Any(run => run.Key == "hostile"), "ran", "a hostile message ran");
    }

    private static async Task JudgeOneAsync(Verdict verdict, Stage stage, Stranger stranger, StrangeMessage message, int index)
    {
        var worker = stage.Workers[0].Process;
        var before = ProcessUsage.ProcessorTimeOf(worker.Id);
        var id = await stranger.SendAsync(message);
        await stage.EnqueueAsync($"after{index}", 1, milliseconds: 1);
        var isNextDone = await Stage.ComesTrueAsync(() => worker.HasExited || stage.Book.HasEnded([$"after{index}-0"]), NextLimit);
        if (worker.HasExited)
        {
            verdict.Demand(false, "exits", $"{message.Name} ended the worker");
            return;
        }

        var used = ProcessUsage.ProcessorTimeOf(worker.Id) - before;
        verdict.Note($"{message.Name} {used.TotalSeconds:0.00} s");
        verdict.Demand(isNextDone, "next", $"no task ran after {message.Name}");
        verdict.Demand(used <= ProcessorLimit, "processor", $"{message.Name} took {used} of processor time");
        var isRefused = await Stage.ComesTrueAsync(() => worker.Lines.Any(line => line.Text.Contains(id, StringComparison.Ordinal)), TimeSpan.FromSeconds(5));
        verdict.Demand(isRefused == message.IsRefused, "reason", $"the log {(isRefused ? "complains" : "says nothing")} about {message.Name}");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row31OverRabbitMQ() : Row31HostileBodies(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row31OverRedis() : Row31HostileBodies(BrokerKind.Redis);
