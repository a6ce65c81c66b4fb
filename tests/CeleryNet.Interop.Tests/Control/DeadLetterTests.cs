using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Tasks that a worker gave up are listed and replayed. Inherited for every broker.</summary>
public abstract class DeadLetterTests(ControlFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public async Task PythonsTask_ThatWasRejected_IsListedReplayedAndEnds()
    {
        await peers.ReadyAsync();
        var letters = peers.CSharp.DeadLetters;
        var key = Guid.NewGuid().ToString();
        var id = await peers.Python.SendAsync("cs.reject_once", new[] { key });
        await Eventually.IsTrueAsync(async () => (await letters.ListAsync(peers.Queue)).Any(letter => letter.TaskId == id));

        var letter = (await letters.ListAsync(peers.Queue)).Single(letter => letter.TaskId == id);
        var replayed = await letters.ReplayAsync(peers.Queue, other => other.TaskId == id);
        var result = await peers.Python.GetAsync(id);

        (letter.TaskName, letter.Reason, letter.Queue, letter.ArgsRepr).Should().Be(("cs.reject_once", "not the first time", peers.Queue, $"['{key}']"));
        replayed.Should().Be(1);
        result.Value.GetString().Should().Be("done");
        (await letters.ListAsync(peers.Queue)).Should().NotContain(other => other.TaskId == id);
    }

    [SkippableFact]
    public async Task Replay_TowardsPython_IsReadByItsWorker()
    {
        await peers.ReadyAsync();
        string id;
        await using (var mistaken = await CSharpHost.StartAsync(peers.Transport, peers.PriorityQueue, [peers.PriorityQueue]))
        {
            id = (await mistaken.Client.EnqueueAsync(IPythonTasks.AddTask(2, 3))).Id; // no worker here knows it
            await Eventually.IsTrueAsync(async () => await mistaken.DeadLetters.CountAsync(peers.PriorityQueue) == 1);
        }

        await using var python = await PythonPeer.PythonWorker.StartAsync(peers.PythonSettings, [peers.PriorityQueue]);

        await peers.CSharp.DeadLetters.ReplayAsync(peers.PriorityQueue);

        await Eventually.IsTrueAsync(async () => await peers.Python.LengthAsync(peers.PriorityQueue) == 0, Limit);
        await Eventually.IsTrueAsync(() => python.Output.Contains($"{id}] succeeded", StringComparison.Ordinal), Limit);
    }
}

/// <summary>Dead letters on RabbitMQ.</summary>
public sealed class DeadLetterOverRabbitMQTests(ControlOverRabbitMQFixture peers) : DeadLetterTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Dead letters on Redis.</summary>
public sealed class DeadLetterOverRedisTests(ControlOverRedisFixture peers) : DeadLetterTests(peers), IClassFixture<ControlOverRedisFixture>;
