using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>
    /// The starts of the tasks, once each second between the first and the last that was sent has one, or nobody expects it any more: what was due meanwhile comes all at once, and a worker begins that side by
    /// side, in no fixed order.
    /// </summary>
    protected static async Task<List<Run>> WholeTicksAsync(Stage stage)
    {
        var ticks = Ticks(stage);
        await Stage.ComesTrueAsync(() => Missed(SecondsOf(stage, ticks = Ticks(stage)).Sent) == 0);
        return ticks;
    }

    /// <summary>Judges that each second between the first and the last that was sent was sent, and nothing else: the id tells which second it is for.</summary>
    protected static void JudgeSeconds(Verdict verdict, Stage stage, List<Run> ticks)
    {
        var (sent, strange) = SecondsOf(stage, ticks);
        var missed = Missed(sent);
        verdict.Note($"{sent.Count} seconds, {missed} missed");
        verdict.Demand(strange.Count == 0, "other ids", string.Join(", ", strange.Take(5)));
        verdict.Demand(missed == 0, "missed", $"{missed} seconds were not sent");
    }

    private static long Missed(List<long> sent) => sent.Count == 0 ? 0 : sent[^1] - sent[0] + 1 - sent.Count;

    private static (List<long> Sent, List<string> Strange) SecondsOf(Stage stage, List<Run> ticks)
    {
        var (from, to) = (ticks[0].Time.ToUnixTimeSeconds() - 60, ticks[^1].Time.ToUnixTimeSeconds() + 1);
        var seconds = Enumerable.Range(0, (int)(to - from)).Select(i => from + i).ToDictionary(second => IdOf(stage.Setup.Queue, second));
        var strange = ticks.Select(tick => tick.Key).Where(id => !seconds.ContainsKey(id)).ToList();
        return ([.. ticks.Select(tick => seconds.GetValueOrDefault(tick.Key)).Where(second => second != 0).Distinct().Order()], strange);
    }

    // The product's own rule, written down once more: a UUID of version 8 from beat, entry and moment.
    private static string IdOf(string beat, long second)
    {
        var text = Encoding.UTF8.GetBytes($"{beat}\0tick\0");
        var bytes = new byte[text.Length + sizeof(long)];
        text.CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(text.Length), DateTimeOffset.FromUnixTimeSeconds(second).UtcTicks);
        var hash = SHA256.HashData(bytes).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true).ToString();
    }
}
