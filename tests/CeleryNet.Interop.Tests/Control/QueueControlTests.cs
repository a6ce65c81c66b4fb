using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Queues are taken up, left and paused across languages. Inherited for every broker.</summary>
public abstract class QueueControlTests(ControlFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private string Strangers => $"{peers.Queue}.strangers";

    [SkippableFact]
    public async Task Python_AddsAndCancelsAConsumerOfACSharpWorker_ItObeys()
    {
        await peers.ReadyAsync();
        var (queue, node, worker) = (peers.PriorityQueue, CSharpHost.NodeOf(peers.Queue), peers.CSharp.Worker);
        var first = await peers.Python.SendAsync("cs.wait", new[] { 0 }, null, new { queue });

        await peers.Python.AddConsumerAsync(queue, node);
        (await peers.Python.GetAsync(first)).Value.GetString().Should().Be("waited");
        await peers.Python.CancelConsumerAsync(queue, node);
        await Eventually.IsTrueAsync(() => worker.Queues.All(known => known.Name != queue));
        var second = await peers.Python.SendAsync("cs.wait", new[] { 0 }, null, new { queue });
        var own = await peers.Python.CallAsync("cs.wait", new[] { 0 });
        var left = (await peers.Python.LengthAsync(queue), Runs.Of(second));
        await peers.Python.AddConsumerAsync(queue, node);

        (await peers.Python.GetAsync(second)).Value.GetString().Should().Be("waited");
        own.Value.GetString().Should().Be("waited", "its own queue is as before");
        left.Should().Be((1, 0));
        worker.Queues.Select(known => known.Name).Should().Equal(peers.Queue, queue);
    }

    [SkippableFact]
    public async Task CSharp_PausesAQueueOfAPythonWorker_ItLeavesItUntilTheQueueGoesOnAndNoOtherTakesItUp()
    {
        await peers.ReadyAsync();
        var (queue, queues) = (peers.PythonQueue, peers.CSharp.Queues);
        QueueStatus paused;
        List<string> consumers;
        await using (await PythonWorker.StartAsync(peers.PythonSettings, [Strangers]))
        {
            await (await SendAsync(queue)).GetAsync(Limit);

            await queues.PauseAsync(queue);
            await Eventually.IsTrueAsync(async () => !(await ConsumersAsync(queue)).Any(), TimeSpan.FromSeconds(30));
            var waiting = await SendAsync(queue);
            await (await SendAsync(Strangers)).GetAsync(Limit);
            paused = await queues.InspectAsync(queue);
            await queues.ResumeAsync(queue);
            await waiting.GetAsync(Limit);
            consumers = [.. await ConsumersAsync(queue)];
        }

        await peers.Python.DeleteAsync(Strangers);

        (paused.IsPaused, paused.Ready).Should().Be((true, 1));
        consumers.Should().ContainSingle("only who had left it takes it up again");
        (await queues.InspectAsync(queue)).IsPaused.Should().BeFalse();
    }

    [SkippableFact]
    public async Task CSharp_PausesAQueue_PythonWorkersHaveNothingToComplainOf()
    {
        await peers.ReadyAsync();
        PythonResult ran;
        string output;
        await using (var other = await PythonWorker.StartAsync(peers.PythonSettings, [Strangers]))
        {
            await peers.CSharp.Queues.PauseAsync(peers.Queue);
            await Eventually.IsTrueAsync(() => peers.CSharp.Worker.Queues.Single(known => known.Name == peers.Queue).IsPaused);
            await peers.CSharp.Queues.ResumeAsync(peers.Queue);
            ran = await peers.Python.CallAsync("cs.wait", new[] { 0 });
            await (await SendAsync(Strangers)).GetAsync(Limit);
            output = other.Output;
        }

        await peers.Python.DeleteAsync(Strangers);

        ran.Value.GetString().Should().Be("waited");
        output.Should().NotContain("command error").And.NotContain("celerynet").And.NotContain(peers.Queue); // it hears of what other tests ask for, too
    }

    private async Task<IEnumerable<string>> ConsumersAsync(string queue) =>
        (await peers.Python.ConsumedAsync()).Where(answer => answer.Value.Contains(queue)).Select(answer => answer.Key);

    private Task<TaskHandle<double>> SendAsync(string queue) => peers.CSharp.Client.EnqueueAsync(IPythonTasks.NowTask().With(o => o.Queue = queue));
}

/// <summary>Queues over RabbitMQ.</summary>
public sealed class QueueControlOverRabbitMQTests(ControlOverRabbitMQFixture peers) : QueueControlTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Queues over Redis.</summary>
public sealed class QueueControlOverRedisTests(ControlOverRedisFixture peers) : QueueControlTests(peers), IClassFixture<ControlOverRedisFixture>;
