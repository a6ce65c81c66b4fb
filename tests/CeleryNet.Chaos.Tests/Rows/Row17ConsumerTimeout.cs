using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>RabbitMQ closes the channel of a task that takes longer than its <c>consumer_timeout</c>: the task goes on, its redelivery is adopted, and the consumer is back.</summary>
public sealed class Row17ConsumerTimeout() : Row("17 consumer_timeout", BrokerKind.RabbitMQ)
{
    private const int SlowSeconds = 8;

    [SkippableFact]
    public Task Task_LongerThanConsumerTimeout_RunsOnce() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn;

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Client = Scenery.Patient, HasOwnServer = true, Workers = 0, Load = new LoadShape { LongEvery = 0 } });
        // The timeout is looked at on a tick; both count for channels that are opened from now on.
        await stage.Server!.ControlAsync("eval", "application:set_env(rabbit,consumer_timeout,5000), application:set_env(rabbit,channel_tick_interval,1000)."); // asked for
        await stage.AddWorkersAsync(1); // with another one the redelivery may be its, and then the task runs twice
        TaskHandle<string>? slow = null;

        var tally = await stage.PlayAsync(verdict, async () =>
        {
            slow = await stage.Host.Client.EnqueueAsync(ChaosTasks.RecordTask("slow", SlowSeconds * 1000));
            await Stage.ComesTrueAsync(() => stage.Processes.Any(process => process.Count(LogEvents.ConsumerTimedOut) > 0));
            await stage.DuringAsync(() => Task.CompletedTask); // the fault is over as soon as the channel is closed
            await Stage.ComesTrueAsync(() => stage.Book.HasEnded(["slow"]), TimeSpan.FromSeconds(3 * SlowSeconds));
        }, "slow");

        verdict.Judge(tally, new Bounds { Duplicates = Setup.Slots, Recovered = TimeSpan.FromSeconds(5) });
        var runs = stage.Book.All().Where(run => run.Key == "slow").ToList();
        var lost = stage.Processes.Sum(process => process.Count(LogEvents.ConsumerTimedOut));
        var failed = stage.Processes.Sum(process => process.Count(LogEvents.Unreachable));
        verdict.Note($"slow task began {runs.Count(run => !run.IsEnd)} times, {lost} channels closed, {failed} attempts failed");
        verdict.Demand(runs.Count(run => !run.IsEnd) == 1, "adopted", $"the slow task began {runs.Count(run => !run.IsEnd)} times");
        verdict.Demand(runs.Count(run => run.IsEnd) == 1, "ended", $"the slow task ended {runs.Count(run => run.IsEnd)} times");
        verdict.Demand(lost is > 0 and <= 2, "reconnects", $"{lost} channels were closed in {SlowSeconds} s");
        verdict.Demand(failed == 0, "attempts", $"{failed} attempts failed although the server is well");
        verdict.Demand(stage.Processes.Any(process => process.Output.Contains($"of {stage.Setup.Queue} was cut off", StringComparison.Ordinal)), "reason", "no worker names the queue");
        if (slow is not null) verdict.Demand(await slow.GetAsync(TimeSpan.FromSeconds(10)) == runs[0].Name, "results", "the result is not that of the run");
    }
}
