using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A task that kills its worker whenever it starts, and messages that nobody can run: all end in the dead letters, once, and everybody else's tasks are done.</summary>
public abstract class Row25Poison(BrokerKind broker, bool overflows) : Row(overflows ? "25 stack overflow" : "25 fail fast", broker)
{
    private const int Others = 200;
    private const int MaxStarts = 5;

    private static readonly TimeSpan CrashLimit = TimeSpan.FromSeconds(150); // five crashes; on Redis each is noticed by the lease

    [SkippableFact]
    public Task Poison_KillingItsWorkers_EndsInDeadLetters() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("MaxDeliveries is 50", "crashes", "TaskQueue__Worker__MaxDeliveries", "50");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker });
        using var stop = new CancellationTokenSource();
        var crashes = 0;
        var caring = Task.WhenAll(stage.Workers.Select(seat => RestartAsync(seat, () => Interlocked.Increment(ref crashes), stop.Token)));

        await stage.EnqueueAsync("first", Others / 2, milliseconds: 20);
        var killer = await stage.Host.Client.EnqueueAsync(overflows ? ChaosTasks.OverflowTask("killer") : ChaosTasks.DieTask("killer"));
        await stage.EnqueueAsync("second", Others / 2, milliseconds: 20);
        List<string> bad = [killer.Id];
        var isDead = await AreDeadAsync(stage, bad);

        // Not beside the killer: what a worker has looked at and not settled when it dies is looked at again by the next.
        await using var stranger = await Stranger.ConnectAsync(stage, Broker);
        foreach (var message in Unrunnable) bad.Add(await stranger.SendAsync(message));
        isDead &= await AreDeadAsync(stage, bad);
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.Done == Others);
        await stop.CancelAsync();
        await caring;

        Judge(verdict, stage, await DeadAsync(stage), bad, crashes);
        verdict.Demand(isDead, "dead letters", "not all that should be were there in time");
        verdict.Demand(isDone, "done", $"{stage.Book.Done} of {Others} others");
    }

    private static IReadOnlyList<StrangeMessage> Unrunnable { get; } =
    [
        new("bad JSON") { Body = "[[\"x\", 1], {}, {"u8.ToArray() },
        new("unknown task") { Body = "[[], {}, {}]"u8.ToArray(), Task = "chaos.unknown" },
        new("bad content type") { Body = "[[\"x\", 1], {}, {}]"u8.ToArray(), ContentType = "text/html" },
    ];

    private static void Judge(Verdict verdict, Stage stage, IReadOnlyList<DeadLetter> letters, List<string> bad, int crashes)
    {
        var starts = stage.Book.All().Count(run => run.Key == "killer");
        verdict.Note($"{crashes} crashes, {starts} starts, {letters.Count} dead letters: {string.Join("; ", letters.Select(letter => $"{letter.TaskName} {letter.Reason} ({letter.Starts})"))}");
        verdict.Demand(crashes is > 0 and <= MaxStarts, "crashes", $"{crashes}, at most {MaxStarts}");
        verdict.Demand(starts <= MaxStarts, "starts", $"the killer began {starts} times");
        verdict.Demand(letters.Select(letter => letter.TaskId).Order().SequenceEqual(bad.Order()), "dead letters", $"{letters.Count} instead of one for each of {bad.Count}");
        verdict.Demand(letters.Where(letter => letter.TaskId == bad[0]).All(letter => letter.Starts == starts), "count", $"the dead letter of the killer counts other than {starts} starts");
        verdict.Demand(letters.All(letter => letter.Reason.Length > 0), "reason", "a dead letter gives none");
        foreach (var id in bad.Skip(1))
        {
            var seen = stage.Workers.SelectMany(seat => seat.Processes).SelectMany(process => process.Lines).Count(line => line.Text.Contains($"Message {id}", StringComparison.Ordinal) || line.Text.Contains($"Task {id}", StringComparison.Ordinal));
            verdict.Demand(seen == 1, "bad deliveries", $"message {id} was looked at {seen} times");
        }
    }

    private static async Task RestartAsync(WorkerSeat seat, Action crashed, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (seat.Process.HasExited)
            {
                seat.Process.IsExitExpected = true;
                crashed();
                await seat.StartAsync();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Task<bool> AreDeadAsync(Stage stage, List<string> bad) =>
        Stage.ComesTrueAsync(async () => (await DeadAsync(stage)).Select(letter => letter.TaskId).Intersect(bad).Count() == bad.Count, CrashLimit);

    private static Task<IReadOnlyList<DeadLetter>> DeadAsync(Stage stage) => stage.Host.DeadLetters.ListAsync(stage.Setup.Queue);
}

/// <summary>On RabbitMQ, by ending its process.</summary>
public sealed class Row25RabbitMQ() : Row25Poison(BrokerKind.RabbitMQ, overflows: false);

/// <summary>On RabbitMQ, by overflowing its stack.</summary>
public sealed class Row25RabbitMQOverflow() : Row25Poison(BrokerKind.RabbitMQ, overflows: true);

/// <summary>On Redis, by ending its process.</summary>
public sealed class Row25Redis() : Row25Poison(BrokerKind.Redis, overflows: false);
