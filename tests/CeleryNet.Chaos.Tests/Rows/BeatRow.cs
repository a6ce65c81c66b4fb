using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A row about beats: processes that send a task every second, whose id tells for which second.</summary>
public abstract class BeatRow(string number, BrokerKind broker) : Row(number, broker)
{
    private const int LeadsEvent = 5000;

    /// <summary>What a row needs: one worker that runs what the beats send.</summary>
    protected Scenery BeatScenery => new() { Broker = Broker, Workers = 1 };

    /// <summary>A further process that runs a beat; not started yet.</summary>
    protected static WorkerSeat NewBeat(Stage stage, params (string Name, string Value)[] environment)
    {
        var all = new Dictionary<string, string> { [ChaosSettings.Beat] = "1", ["TaskQueue__Beat__Name"] = stage.Setup.Queue };
        foreach (var (name, value) in environment) all[name] = value;
        return stage.NewSeat(all);
    }

    /// <summary>True once a process has led.</summary>
    protected static bool Led(WorkerProcess process) => process.Count(LeadsEvent) > 0;

    /// <summary>The starts of the tasks, by time.</summary>
    protected static List<Run> Ticks(Stage stage) => [.. stage.Book.All().Where(run => !run.IsEnd)];

    /// <summary>Waits until so many more tasks have started.</summary>
    protected static Task TicksAsync(Stage stage, int more)
    {
        var wanted = Ticks(stage).Count + more;
        return Stage.ComesTrueAsync(() => Ticks(stage).Count >= wanted);
    }

    /// <summary>Waits for the middle of a second: what was due is sent and kept then, and nothing else is due. Between sending and keeping is the matter of row 27.</summary>
    protected static Task MiddleOfASecondAsync()
    {
        var rest = 1.5 - (DateTimeOffset.UtcNow.Millisecond / 1000.0);
        return Task.Delay(TimeSpan.FromSeconds(rest > 1 ? rest - 1 : rest));
    }

    /// <summary>Judges how often each second was sent.</summary>
    /// <param name="verdict">Receives what is wrong.</param>
    /// <param name="ticks">The starts.</param>
    /// <param name="most">How many sends more than one for each second there may be in all.</param>
    protected static void JudgeSends(Verdict verdict, List<Run> ticks, int most)
    {
        var twice = ticks.GroupBy(tick => tick.Key).Where(group => group.Count() > 1).ToList();
        var extra = twice.Sum(group => group.Count() - 1);
        verdict.Note($"{ticks.Count} sends, {extra} of them again");
        verdict.Demand(extra <= most, "sends", $"{extra} more than one per instant, at most {most}: {string.Join(", ", twice.Take(5).Select(group => $"{group.Key} at {string.Join(" and ", group.Select(tick => $"{tick.Time:HH:mm:ss.fff}"))}"))}");
    }
}
