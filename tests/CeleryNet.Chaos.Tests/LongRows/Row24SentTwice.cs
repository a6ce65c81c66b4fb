using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>The same task is sent twice under one id, as a caller may after an uncertain publish: it runs twice, and its result is the first.</summary>
public abstract class Row24SentTwice(BrokerKind broker) : Row("24 sent twice", broker)
{
    [LongFact]
    public Task Task_SentTwiceUnderOneId_KeepsItsFirstResult() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.SwallowedStore with
    {
        What = "results are not stored",
        Expected = "result",
        Apply = scenery => scenery with { WorkerEnvironment = new Dictionary<string, string> { ["TaskQueue__Tasks__chaos.record__IgnoreResult"] = "true" } },
    };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Workers = 1 });
        var id = Guid.NewGuid().ToString();
        var first = await stage.Host.Client.EnqueueAsync(ChaosTasks.RecordTask("twice", 20).With(options => options.TaskId = id));
        await Stage.ComesTrueAsync(() => stage.Book.All().Count(run => run.IsEnd) == 1);
        var early = await ResultAsync(first);
        await stage.Host.Client.EnqueueAsync(ChaosTasks.RecordTask("twice", 20).With(options => options.TaskId = id));
        await Stage.ComesTrueAsync(() => stage.Book.All().Count(run => run.IsEnd) == 2);
        await stage.EnqueueAsync("next", 1, milliseconds: 1);
        await Stage.ComesTrueAsync(() => stage.Book.HasEnded(["next-0"]));

        var runs = stage.Book.All().Where(run => run.IsEnd && run.Key == "twice").Select(run => run.Name).ToList();
        verdict.Demand(runs.Count == 2, "runs", $"{runs.Count}");
        verdict.Demand(early is not null && early == runs[0] && await ResultAsync(first) == early, "result", $"it was {early ?? "missing"} and is {await ResultAsync(first) ?? "missing"}");
    }

    private static async Task<string?> ResultAsync(TaskHandle<string> handle)
    {
        try
        {
            return await handle.GetAsync(TimeSpan.FromSeconds(5));
        }
        catch (ResultTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row24OverRabbitMQ() : Row24SentTwice(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row24OverRedis() : Row24SentTwice(BrokerKind.Redis);
