using System.Text;
using System.Text.Json;
using CeleryNet.Results;
using CeleryNet.Results.Memory;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Signatures;

/// <summary>What is sent for a canvas where it differs from Celery or where Celery has no say, and what is refused before anything is sent.</summary>
public sealed class CanvasSendTests
{
    private static ClientHost Host() => new(queue => queue.UseResults(_ => new MemoryResultBackend(TimeProvider.System)));

    private static JsonElement Embed(TaskMessageOf sent) => JsonDocument.Parse(sent.Message.Body).RootElement[2];

    private static TaskMessageOf Sent(ClientHost host, int index) => new(host.Broker.Published[index].Message);

    [Fact]
    public async Task Group_InAChordHeader_KeepsItsOrder()
    {
        await using var host = Host();
        var canvas = Signature.Parse("""
            {"task":"celery.chord","args":[],"kwargs":{"kwargs":{},"header":[
              {"task":"a","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false},
              {"task":"celery.group","args":[],"kwargs":{"tasks":[
                {"task":"b","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false},
                {"task":"c","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false}]},"options":{},"subtask_type":"group","immutable":false}],
              "body":{"task":"d","args":[],"kwargs":{},"options":{},"subtask_type":null,"immutable":false}},"options":{},"subtask_type":"chord","immutable":false}
            """u8.ToArray());

        await host.Client.EnqueueAsync(canvas);

        host.Broker.Published.Select(sent => (sent.Message.TaskName, sent.Message.GroupIndex)).Should().Equal(("a", 0), ("b", 1), ("c", 2));
        host.Broker.Published.Select(sent => sent.Message.GroupId).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Chain_InAChordHeader_ThatEndsInAGroup_EndsInOneTask()
    {
        await using var host = Host();

        await host.Client.EnqueueAsync(
            Group<IReadOnlyList<int>>(Py.Add(1, 1) | Group(Py.Add(Prev, 1), Py.Add(Prev, 2)), Group(Py.Add(2, 2))) | new Step<IReadOnlyList<IReadOnlyList<int>>, int>(new TaskDefinition("d"), TaskArguments.None, WireConverters.Int32));

        // The chain's first task with a chord behind it, and the other member's own chord.
        host.Broker.Published.Should().HaveCount(2);
        var inner = Embed(Sent(host, 0)).GetProperty("chain")[0].GetProperty("kwargs").GetProperty("body");
        inner.GetProperty("task").GetString().Should().Be("celery.accumulate");
        inner.GetProperty("kwargs").GetRawText().Should().Be("""{"index":0}""");
        inner.GetProperty("options").GetProperty("chord").GetProperty("task").GetString().Should().Be("d");
        inner.GetProperty("options").GetProperty("group_index").GetInt32().Should().Be(0);
        var outer = inner.GetProperty("options").GetProperty("group_id").GetString();
        var other = Embed(Sent(host, 1)).GetProperty("chord");
        (other.GetProperty("task").GetString(), other.GetProperty("options").GetProperty("group_id").GetString(), other.GetProperty("options").GetProperty("group_index").GetInt32())
            .Should().Be(("celery.accumulate", outer, 1));
    }

    [Fact]
    public async Task Options_OfAChain_AreThoseOfAllItsTasks_ButADelayIsTheFirstOnes()
    {
        await using var host = Host();
        var canvas = (Py.Add(1, 1) | Py.Add(Prev, 2).With(options => options.Queue = "own") | Py.Add(Prev, 3)).With(options =>
            (options.Queue, options.Countdown, options.Priority, options.TaskId) = ("all", TimeSpan.FromSeconds(5), 7, "last"));

        var handle = await host.Client.EnqueueAsync(canvas);

        var (message, route) = host.Broker.Only;
        (route.RoutingKey, message.Eta, message.Priority).Should().Be(("all", host.Time.GetUtcNow().AddSeconds(5), (byte)7));
        handle.Id.Should().Be("last");
        var chain = Embed(new TaskMessageOf(message)).GetProperty("chain");
        chain[1].GetProperty("options").GetProperty("queue").GetString().Should().Be("own");
        chain[0].GetProperty("options").GetProperty("queue").GetString().Should().Be("all");
        chain[0].GetProperty("options").GetProperty("task_id").GetString().Should().Be("last");
        chain[0].GetProperty("options").GetProperty("priority").GetInt32().Should().Be(7);
        chain[0].GetProperty("options").TryGetProperty("countdown", out _).Should().BeFalse("a delay is waited for once");
    }

    [Fact]
    public async Task Steps_CarryWhatAttributeAndRoutesSay_AsAPythonWorkerKnowsNeither()
    {
        await using var host = new ClientHost(queue => queue.Routes(routes => routes.Exact("tasks.mul", new RouteTarget { Queue = "numbers" })));
        var policy = new TaskPolicy { Queue = "images", Priority = 3, TimeLimit = TimeSpan.FromMinutes(5), IgnoreResult = true };
        var step = new Step<int, int>(new TaskDefinition("images.resize", policy), TaskArguments.None, WireConverters.Int32);

        await host.Client.EnqueueAsync(Py.Add(1, 1) | Py.Mul(Prev, 2) | step);

        var chain = Embed(Sent(host, 0)).GetProperty("chain");
        chain[1].GetProperty("options").GetProperty("queue").GetString().Should().Be("numbers");
        var options = chain[0].GetProperty("options");
        (options.GetProperty("queue").GetString(), options.GetProperty("priority").GetInt32(), options.GetProperty("time_limit").GetInt32(), options.GetProperty("ignore_result").GetBoolean())
            .Should().Be(("images", 3, 300, true));
    }

    [Fact]
    public async Task Group_OfAThousand_GoesInOneBatch()
    {
        await using var host = Host();

        var group = await host.Client.EnqueueAsync(Group(Enumerable.Range(0, 1000).Select(number => Py.Add(number, 1))));

        host.Broker.Batches.Should().Equal(1000);
        group.Members.Select(member => member.Id).Should().Equal(host.Broker.Published.Select(sent => sent.Message.Id));
    }

    [Fact]
    public async Task Many_WithCanvasesAmongThem_AreAllSent()
    {
        await using var host = Host();

        var handles = await host.Client.EnqueueManyAsync([Py.Add(1, 1), Py.Add(2, 2) | Py.Add(Prev, 1), Py.Add(3, 3)]);

        host.Broker.Published.Should().HaveCount(3);
        handles.Should().HaveCount(3);
        handles[1].Parent.Should().NotBeNull();
    }

    [Fact]
    public async Task Chord_WithoutAStoreThatCounts_IsRefused()
    {
        await using var host = new ClientHost();

        var chord = () => host.Client.EnqueueAsync(Py.Add(1, 1) | Group(Py.Add(Prev, 1), Py.Add(Prev, 2)) | Py.Sum(Prev));

        (await chord.Should().ThrowAsync<TaskQueueException>()).Which.Message.Should().Contain("does not count the members of chords").And.EndWith("[CN1010]");
        host.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task Chord_WithoutResults_IsRefused()
    {
        await using var host = new ClientHost(queue => queue.UseResults(_ => new DisabledResultBackend()));

        var chord = () => host.Client.EnqueueAsync(Group(Py.Add(1, 1)) | Py.Sum(Prev));

        (await chord.Should().ThrowAsync<TaskQueueException>()).Which.Message.Should().Contain("results are disabled");
    }

    [Fact]
    public async Task Canvas_SentTwiceWithAFixedId_IsRefused()
    {
        await using var host = Host();
        var canvas = (Py.Add(1, 1) | Py.Add(Prev, 1)).With(options => options.TaskId = "mine");
        await host.Client.EnqueueAsync(canvas);

        var again = () => host.Client.EnqueueAsync(canvas);

        (await again.Should().ThrowAsync<MessageFormatException>()).Which.Message.Should().Contain("was sent before").And.EndWith("[CN1008]");
        host.Broker.Published.Should().HaveCount(1);
    }

    [Fact]
    public async Task Canvas_WithAFixedIdThatWasNotTaken_MayBeSentAgain()
    {
        await using var host = Host();
        host.Broker.Failure = _ => new PublishException("full", ["mine"], false);
        var canvas = (Py.Add(1, 1) | Py.Add(Prev, 1)).With(options => options.TaskId = "mine");
        await host.Client.Invoking(client => client.EnqueueAsync(canvas)).Should().ThrowAsync<PublishException>();
        host.Broker.Failure = _ => null;

        (await host.Client.EnqueueAsync(canvas)).Id.Should().Be("mine");
    }

    [Fact]
    public async Task Canvas_WithoutFixedIds_MayBeSentAgain()
    {
        await using var host = Host();
        var canvas = Py.Add(1, 1) | Py.Add(Prev, 1);

        var (first, second) = (await host.Client.EnqueueAsync(canvas), await host.Client.EnqueueAsync(canvas));

        second.Id.Should().NotBe(first.Id);
    }

    [Theory]
    [InlineData("""{"task":"t","args":[],"kwargs":{},"options":{"qeue":"x"}}""", "option 'qeue'")]
    [InlineData("""{"task":"celery.chain","kwargs":{"tasks":[]},"subtask_type":"chain"}""", "it is empty")]
    [InlineData("""{"task":"t","options":{"countdown":"soon"}}""", "'countdown' of its signature is not a number of seconds")]
    [InlineData("""{"task":"celery.group","kwargs":{"tasks":[{"task":"t","options":{"task_id":"x"}},{"task":"u","options":{"task_id":"x"}}]},"subtask_type":"group"}""", "its id 'x' is that of another task")]
    public async Task Signature_ThatNobodyCouldCarryOut_IsRefused(string json, string reason)
    {
        await using var host = Host();

        var sending = () => host.Client.EnqueueAsync(Signature.Parse(Encoding.UTF8.GetBytes(json)));

        (await sending.Should().ThrowAsync<MessageFormatException>()).Which.Message.Should().Contain(reason);
        host.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public void Signature_AsAnArgument_IsCelerysJson()
    {
        using var buffer = WireBuffer.Rent();
        Signature.Converter.Write(buffer.Json, Py.Add(1, 1) | Py.Add(Prev, 2), new WireOptions());
        buffer.Flush();

        var read = WireValue.Read(buffer.Memory, Signature.Converter, new WireOptions());

        read!.ToString().Should().Be("tasks.add(1, 1) | tasks.add(2)");
    }

    [Fact]
    public void Link_OnAGroup_IsRefused() => FluentActions.Invoking(() => Group(Py.Add(1, 1)).Link(Py.Sum(Prev).Call.Immutable())).Should().Throw<ArgumentException>().WithMessage("A group has no callback*");

    [Fact]
    public void Map_OfCallsOfTwoTasks_IsRefused() => FluentActions.Invoking(() => Map([Py.Add(1, 1), Py.Sum(1)])).Should().Throw<ArgumentException>().WithMessage("All calls are plain calls of one task*");

    [Fact]
    public void Stamp_WithTheNameOfAnOption_IsRefused() => FluentActions.Invoking(() => Py.Add(1, 1).Stamp("queue", "x")).Should().Throw<ArgumentException>();

    private readonly record struct TaskMessageOf(CeleryNet.Messages.TaskMessage Message);
}
