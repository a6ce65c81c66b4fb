using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;
using static CeleryNet.Canvas;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>A row about chords: results are in a Redis of its own, so that what is left over can be counted.</summary>
public abstract class ChordRow(string number, BrokerKind broker) : Row(number, broker)
{
    /// <summary>How long a chord may take after its last member could run again: a lease of 20 s, the sweep every 5 s, and a machine with other rows on it.</summary>
    protected static readonly TimeSpan ChordLimit = TimeSpan.FromSeconds(60);

    /// <summary>A chord of so many members.</summary>
    protected static Signature<List<int>> ChordOf(string key, int members, int milliseconds) =>
        Group(Enumerable.Range(0, members).Select(place => ChaosTasks.MemberTask(key, place, milliseconds))) | ChaosTasks.GatherTask(Prev, $"{key}-body");

    /// <summary>Starts what the row needs.</summary>
    protected Task<Stage> ChordStageAsync(int workers, IReadOnlyDictionary<string, string>? environment = null) => StageAsync(new Scenery
    {
        Broker = Broker,
        Workers = workers,
        HasOwnResults = true,
        WorkerEnvironment = environment ?? new Dictionary<string, string>(),
        Client = Scenery.Patient,
    });

    /// <summary>Waits for a chord and demands its value.</summary>
    protected static async Task JudgeValueAsync(Verdict verdict, TaskHandle<List<int>> chord, int members, string what)
    {
        try
        {
            var places = await chord.GetAsync(ChordLimit);
            verdict.Demand(places.SequenceEqual(Enumerable.Range(0, members)), "order", $"{what} has {places.Count} results, {members} in order must be there");
        }
        catch (TaskQueueException error)
        {
            verdict.Demand(false, "chord", $"{what}: {error.Message}");
        }
    }

    /// <summary>How often a task began.</summary>
    protected static int StartsOf(Stage stage, string key) => stage.Book.All().Count(run => !run.IsEnd && run.Key == key);

    /// <summary>Demands that nothing of chords and waits is left in the result store.</summary>
    protected static async Task JudgeLeftoversAsync(Verdict verdict, Stage stage)
    {
        var url = stage.Setup.Results;
        await Stage.ComesTrueAsync(async () => (await AskAsync("KEYS", "celery-taskset-meta-*")).Length == 0);
        await Stage.ComesTrueAsync(async () => (await AskAsync("PUBSUB", "CHANNELS", "celery-task-meta-*")).Length == 0);
        var keys = await AskAsync("KEYS", "celery-taskset-meta-*");
        var channels = await AskAsync("PUBSUB", "CHANNELS", "celery-task-meta-*");
        verdict.Demand(keys.Length == 0, "keys", $"left over: {keys}");
        verdict.Demand(channels.Length == 0, "subscriptions", $"left over: {channels}");

        async Task<string> AskAsync(params string[] command) => (await RedisConsole.RunAsync(url, command)).Trim();
    }
}
