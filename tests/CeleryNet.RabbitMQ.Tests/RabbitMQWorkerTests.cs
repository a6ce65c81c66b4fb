using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>What a worker promises, kept on a real RabbitMQ with its rpc results.</summary>
public sealed class RabbitMQWorkerTests : WorkerContract
{
    protected override bool KnowsWhatIsHeld => false;

    protected override void Use(TaskQueueBuilder queue) => queue.UseRabbitMQ(TestServers.RabbitMQ).UseRpcResults();

    [SkippableFact]
    public async Task WorkerLost_ThatHadOnlyFetchedTheLastStart_LeavesIt()
    {
        var id = await LoseWorkerAsync(starts: 4);
        var ran = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        var host = await StartAsync(DelegateHandler.Returning("work", context => Task.FromResult(ran.TrySetResult(context.Id) ? "done" : "twice")));

        (await ran.Task.Within()).Should().Be(id);
        (await host.DeadLetters.CountAsync(Queue)).Should().Be(0);
        await Eventually.IsTrueAsync(async () => !await ((IFlagStore)host.Broker).IsSetAsync($"start.0.{id}", CancellationToken.None));
    }

    [SkippableFact]
    public async Task WorkerLost_ThatHadBegunTheLastStart_GivesItUp()
    {
        var id = await LoseWorkerAsync(starts: 4);
        await using var broker = TestBrokers.Create();
        await broker.SetAsync($"start.0.{id}", TimeSpan.FromMinutes(1), CancellationToken.None).Within();

        var host = await StartAsync(DelegateHandler.Returning("work", context => Task.FromResult($"{Note(context)}")));

        await Eventually.IsTrueAsync(async () => await host.DeadLetters.CountAsync(Queue) == 1);
        var letter = (await host.DeadLetters.ListAsync(Queue)).Single();
        (letter.TaskId, letter.Starts).Should().Be((id, 5));
        RunsOf(host.Client.GetHandle(id)).Should().Be(0);
        await Eventually.IsTrueAsync(async () => !await broker.IsSetAsync($"start.0.{id}", CancellationToken.None));
    }

    protected override bool HasSharedResults => false;

    protected override Task CleanUpAsync() => RawServer.DeleteAsync([Queue, $"{Queue}.dead", Other, $"{Other}.dead", Prioritized, $"{Queue}.nobody"]);
}
