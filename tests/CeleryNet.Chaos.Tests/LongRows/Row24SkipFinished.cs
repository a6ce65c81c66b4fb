using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>The same task is sent twice under one id where finished ones are skipped: it runs once.</summary>
public abstract class Row24SkipFinished(BrokerKind broker) : Row("24 skip finished", broker)
{
    private const string Setting = "TaskQueue__Tasks__chaos.record__SkipFinished";

    [LongFact]
    public Task Task_SentTwiceUnderOneId_RunsOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.SwallowedStore with
    {
        What = "finished tasks are not skipped",
        Expected = "runs",
        Apply = scenery => scenery with { WorkerEnvironment = new Dictionary<string, string> { [Setting] = "false" } },
    };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Workers = 1, WorkerEnvironment = new Dictionary<string, string> { [Setting] = "true" } });
        var id = Guid.NewGuid().ToString();
        var call = ChaosTasks.RecordTask("twice", 20).With(options => options.TaskId = id);
        var first = await (await stage.Host.Client.EnqueueAsync(call)).GetAsync(TimeSpan.FromSeconds(30));
        var second = await stage.Host.Client.EnqueueAsync(call);
        await stage.EnqueueAsync("next", 40, milliseconds: 20); // five rounds of its slots: whatever was sent before has begun and ended
        await Stage.ComesTrueAsync(() => stage.Book.HasEnded([.. Enumerable.Range(0, 40).Select(i => $"next-{i}")]));

        var runs = stage.Book.All().Count(run => run.IsEnd && run.Key == "twice");
        verdict.Demand(runs == 1, "runs", $"{runs}");
        var result = await second.GetAsync(TimeSpan.FromSeconds(5));
        verdict.Demand(result == first, "result", $"it was {first} and is {result}");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row24SkipOverRabbitMQ() : Row24SkipFinished(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row24SkipOverRedis() : Row24SkipFinished(BrokerKind.Redis);
