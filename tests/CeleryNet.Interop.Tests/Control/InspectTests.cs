using System.Text.Json;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Python's client and the .NET client ask a fleet of one Python worker and one .NET worker. Inherited for every broker.</summary>
public abstract class InspectTests(ControlFixture peers)
{
    private static readonly ControlOptions Patient = new() { Timeout = TimeSpan.FromSeconds(10) };

    private ControlOptions Both => Patient with { Destinations = [peers.PythonNode, peers.CSharpNode] };

    [SkippableFact]
    public async Task Flower_AsksAllAtOnce_AndGetsAllInTime()
    {
        await peers.ReadyAsync();

        var answers = await peers.Python.AskAsFlowerAsync();

        answers.Should().HaveCount(8);
        foreach (var (question, answer) in answers)
        {
            answer.Nodes.Should().ContainKey(peers.CSharpNode, question);
            answer.Nodes[peers.CSharpNode].ToString().Should().NotContain("\"error\"", question);
        }

        answers["stats"].Nodes[peers.CSharpNode].GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().BePositive();
    }

    [SkippableFact]
    public async Task Python_Asks_EachWorkerAnswersOnce()
    {
        await peers.ReadyAsync();

        var replies = await peers.Python.ControlAsync("ping", null, [peers.PythonNode, peers.CSharpNode], timeoutSeconds: 1, limit: 3); // one more than can come

        replies.Count.Should().Be(2);
        replies.Nodes.Keys.Should().BeEquivalentTo(peers.PythonNode, peers.CSharpNode);
    }

    [SkippableFact]
    public async Task Python_AsksWhatNobodyKnows_BothSayTheSame()
    {
        await peers.ReadyAsync();

        var replies = await peers.Python.ControlAsync("no_such_command", null, [peers.PythonNode, peers.CSharpNode], 10);

        replies.Nodes.Values.Select(reply => reply.GetProperty("error").GetString()).Should().Equal("KeyError('no_such_command')", "KeyError('no_such_command')");
    }

    [SkippableFact]
    public async Task CSharp_AsksBoth_AndReadsWhatTheySay()
    {
        await peers.ReadyAsync();
        var inspector = peers.CSharp.Inspector;

        var names = await inspector.PingAsync(Both);
        var statistics = await inspector.StatisticsAsync(Both);
        var queues = await inspector.QueuesAsync(Both);
        var registered = await inspector.RegisteredAsync(Both);
        var configuration = await inspector.ConfigurationAsync(Both);
        var defaults = await inspector.AskAsync("conf", arguments => arguments.WriteBoolean("with_defaults"u8, true), Both); // Python's hold a bare Infinity
        var reports = await inspector.ReportAsync(Both);
        var clocks = await inspector.ClockAsync(Both);

        names.Should().BeEquivalentTo(peers.PythonNode, peers.CSharpNode);
        statistics.Values.Should().HaveCount(2).And.OnlyContain(reply => reply.Error == null && reply.Value!.Concurrency > 0 && reply.Value.ProcessId > 0);
        queues[peers.PythonNode].Value.Should().ContainSingle().Which.Should().Be(new ActiveQueue(peers.PythonQueue, peers.PythonQueue, "direct", peers.PythonQueue, true));
        queues[peers.CSharpNode].Value.Should().ContainSingle().Which.Should().Be(new ActiveQueue(peers.Queue, peers.Queue, "direct", peers.Queue, true));
        registered[peers.PythonNode].Value.Should().Contain("py.add");
        registered[peers.CSharpNode].Value.Should().Contain("cs.add");
        configuration.Values.Should().OnlyContain(reply => reply.Value!.ContainsKey("broker_url"));
        defaults.Values.Should().HaveCount(2).And.OnlyContain(reply => reply.IsOk);
        reports.Values.Should().OnlyContain(reply => reply.Value!.Contains("software -> "));
        clocks.Values.Should().OnlyContain(reply => reply.Value > 0);
    }

    [SkippableFact]
    public async Task CSharp_AsksForTasks_SeesThoseOfBoth()
    {
        await peers.ReadyAsync();
        var inspector = peers.CSharp.Inspector;
        var own = await peers.CSharp.Client.EnqueueAsync(CSharpTasks.WaitTask(60));
        var other = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.SleepTask(60).With(options => options.Queue = peers.PythonQueue));
        var later = await peers.Python.SendAsync("py.sleep", new[] { 1 }, null, new { queue = peers.PythonQueue, countdown = 60 }); // ours would wait in RabbitMQ
        await Eventually.IsTrueAsync(() => Runs.Of(own.Id) == 1);
        await Eventually.IsTrueAsync(async () => (await inspector.QueryAsync([other.Id], Both))[peers.PythonNode].Value?.Count == 1);
        await Eventually.IsTrueAsync(async () => (await inspector.ScheduledAsync(Both))[peers.PythonNode].Value?.Any(task => task.Task.Id == later) == true);

        var active = await inspector.ActiveAsync(Both);
        var scheduled = await inspector.ScheduledAsync(Both);
        await Task.WhenAll(own.RevokeAsync(terminate: true), other.RevokeAsync(terminate: true), peers.CSharp.Control.RevokeAsync([later]));
        await Eventually.IsTrueAsync(async () => (await inspector.RevokedAsync(Both)).Values.All(reply => reply.Value?.Contains(later) == true));

        var (mine, pythons) = (active[peers.CSharpNode].Value!.Single(task => task.Id == own.Id), active[peers.PythonNode].Value!.Single(task => task.Id == other.Id));
        (mine.Name, mine.Arguments.GetRawText(), mine.NodeName, mine.ProcessId).Should().Be(("cs.wait", "[60.0]", peers.CSharpNode, Environment.ProcessId));
        (pythons.Name, pythons.Arguments.GetRawText(), pythons.NodeName).Should().Be(("py.sleep", "[60.0]", peers.PythonNode));
        mine.StartedAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30));
        pythons.StartedAt.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30));
        scheduled[peers.PythonNode].Value!.Single(task => task.Task.Id == later).Due.Should().BeCloseTo(DateTimeOffset.UtcNow.AddSeconds(60), TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task CSharp_Tells_BothDo()
    {
        await peers.ReadyAsync();
        var control = peers.CSharp.Control;

        var grown = await control.GrowPoolAsync(1, Both);
        var shrunk = await control.ShrinkPoolAsync(1, Both);
        var limited = await control.SetTimeLimitAsync("py.add", TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(40), Both);
        var scaled = await control.AutoscaleAsync(5, 1, Both);
        var beats = await control.HeartbeatAsync(Both);
        var unknown = await control.AskAsync("no_such_command", null, Both);

        grown.Values.Select(reply => reply.Message).Should().Equal("pool will grow", "pool will grow");
        shrunk.Values.Select(reply => reply.Message).Should().Equal("pool will shrink", "pool will shrink");
        (limited[peers.PythonNode].Message, limited[peers.CSharpNode].Error).Should().Be(("time limits set successfully", "unknown task"));
        scaled.Values.Should().OnlyContain(reply => reply.Error == "ValueError('Autoscale not enabled')");
        beats.Values.Should().HaveCount(2).And.OnlyContain(reply => reply.IsOk);
        unknown.Values.Should().HaveCount(2).And.OnlyContain(reply => reply.Error == "KeyError('no_such_command')");
    }

    [SkippableFact]
    public async Task CSharp_AsksByPattern_OnlyThoseThatFitAnswer()
    {
        await peers.ReadyAsync();

        var names = await peers.CSharp.Inspector.PingAsync(new ControlOptions { Pattern = $"cs-{peers.Queue}@*" });

        names.Should().Equal(peers.CSharpNode);
    }

    [SkippableFact]
    public async Task CSharp_AsksNobody_WaitsForItsTimeAndGetsNothing()
    {
        await peers.ReadyAsync();

        var names = await peers.CSharp.Inspector.PingAsync(new ControlOptions { Destinations = ["nobody@nowhere"], Timeout = TimeSpan.FromSeconds(0.3) });

        names.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Start_OfACSharpWorker_LearnsWhatAPythonWorkerKnows()
    {
        await peers.ReadyAsync();
        var queue = peers.PriorityQueue;
        await peers.Python.ControlAsync("revoke", new { task_id = "told-to-python-only" }, [peers.PythonNode], 10);

        await using var late = await CSharpHost.StartAsync(peers.Transport, queue, [queue]);
        await Eventually.IsTrueAsync(() => late.Log.All.Any(line => line.Message.Contains("heard of", StringComparison.Ordinal)));
        var revoked = await peers.CSharp.Inspector.RevokedAsync(Patient with { Destinations = [CSharpHost.NodeOf(queue)] });

        revoked[CSharpHost.NodeOf(queue)].Value.Should().Contain("told-to-python-only");
    }

    [SkippableFact]
    public async Task Start_OfAPythonWorker_LearnsWhatACSharpWorkerKnows()
    {
        await peers.ReadyAsync();
        await peers.Python.ControlAsync("revoke", new { task_id = "told-to-csharp-only" }, [peers.CSharpNode], 10);

        await using var late = await PythonWorker.StartAsync(peers.PythonSettings, [$"{peers.NamedQueue}.late"], mingles: true);
        var revoked = await peers.Python.ControlAsync("revoked", null, [late.NodeName], 10);
        await peers.Python.DeleteAsync($"{peers.NamedQueue}.late");

        revoked.Nodes[late.NodeName].EnumerateArray().Select(id => id.GetString()).Should().Contain("told-to-csharp-only");
    }

    [SkippableFact]
    public async Task Start_WithTheNameOfAnother_IsWarnedAbout()
    {
        await peers.ReadyAsync();
        var queue = peers.PriorityQueue;

        await using var twin = await CSharpHost.StartAsync(peers.Transport, queue, [queue], worker => worker.NodeName = peers.CSharpNode);

        await Eventually.IsTrueAsync(() => twin.Log.All.Any(line => line.Message.Contains("is named", StringComparison.Ordinal)));
        await Eventually.IsTrueAsync(() => peers.CSharp.Log.All.Any(line => line.Message.Contains("is named", StringComparison.Ordinal)));
    }
}

/// <summary>Questions over RabbitMQ.</summary>
public sealed class InspectOverRabbitMQTests(ControlOverRabbitMQFixture peers) : InspectTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Questions over Redis.</summary>
public sealed class InspectOverRedisTests(ControlOverRedisFixture peers) : InspectTests(peers), IClassFixture<ControlOverRedisFixture>;
