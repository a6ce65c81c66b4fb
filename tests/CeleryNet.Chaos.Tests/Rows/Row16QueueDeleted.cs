using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>The queue is deleted under its consumers while it is empty, and published to at once: what is confirmed is done, and the consumers are back.</summary>
public sealed class Row16QueueDeleted() : Row("16 queue deleted", BrokerKind.RabbitMQ)
{
    private const int Count = 100;

    private static readonly TimeSpan RedeclareLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DoneLimit = TimeSpan.FromSeconds(10);

    [SkippableFact]
    public Task Queue_DeletedWhileConsumed_IsConsumedAgain() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn with { Expected = "done in time" };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient });
        await using var console = await RabbitMQConsole.ConnectAsync(stage.Setup.Broker);
        var queue = stage.Setup.Queue;
        await stage.EnqueueAsync("before", Count, milliseconds: 20);
        await Eventually.IsTrueAsync(() => stage.Book.Done == Count, Stage.Patience);

        await console.DeleteQueueAsync(queue);
        var deleted = DateTimeOffset.UtcNow;
        var publishing = Task.WhenAll(Enumerable.Range(0, Count).Select(index => PublishAsync(stage, $"after-{index}")));
        await Eventually.IsTrueAsync(async () => await console.LookAsync(queue) is { Consumers: 2 }, Stage.Patience);
        var redeclared = DateTimeOffset.UtcNow - deleted;
        var published = await publishing;
        var acked = published.Where(publish => publish.Error is null).Select(publish => publish.Key).ToList();
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.HasEnded(acked), DoneLimit - (DateTimeOffset.UtcNow - deleted));

        var runs = stage.Book.All();
        verdict.Note($"redeclared after {redeclared.TotalSeconds:0.0} s, {acked.Count} of {Count} taken, {runs.Count(run => run.IsEnd) - Count} done");
        verdict.Demand(redeclared <= RedeclareLimit, "redeclared", $"both consumers were back after {redeclared}, at most {RedeclareLimit}");
        verdict.Demand(isDone, "done in time", $"{acked.Except(runs.Where(run => run.IsEnd).Select(run => run.Key)).Count()} of {acked.Count} confirmed tasks were not done within {DoneLimit}");
        verdict.Demand(published.All(publish => publish.Error is null or PublishException { MayHaveBeenTaken: false }), "loud", $"{published.FirstOrDefault(publish => publish.Error is not null).Error}");
        verdict.Demand(runs.Count(run => !run.IsEnd) == runs.Where(run => !run.IsEnd).DistinctBy(run => run.Key).Count(), "dup", "a task began twice");
        verdict.Demand(stage.Processes.All(process => !process.HasExited), "exits", "a worker ended");
    }

    private static async Task<(string Key, Exception? Error)> PublishAsync(Stage stage, string key)
    {
        try
        {
            await stage.Host.Client.EnqueueAsync(ChaosTasks.RecordTask(key, 20));
            return (key, null);
        }
        catch (PublishException error)
        {
            return (key, error);
        }
    }
}
