using System.Text.Json;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>The real command line asks and tells a fleet of one Python worker and one .NET worker: each answers, and both in the same form. Inherited for every broker.</summary>
public abstract class CommandLineTests(ControlFixture peers)
{
    [SkippableTheory]
    [InlineData("ping")]
    [InlineData("stats")]
    [InlineData("clock")]
    [InlineData("active_queues")]
    [InlineData("report")]
    [InlineData("registered")]
    [InlineData("registered", "max_retries", "ignore_result")]
    [InlineData("conf")]
    [InlineData("conf", "true")]
    [InlineData("reserved")]
    [InlineData("revoked")]
    [InlineData("memsample")]
    [InlineData("memdump", "5")]
    [InlineData("objgraph")]
    [InlineData("query_task", "nobody")]
    public async Task Inspect_OfBoth_GivesTheSameForm(string question, params string[] arguments)
    {
        await peers.ReadyAsync();

        var replies = await RunAsync("inspect", question, arguments);

        var (python, csharp) = (replies.GetProperty(peers.PythonNode), replies.GetProperty(peers.CSharpNode));
        if (question != "conf") Shape.Differences(python, csharp, question).Should().BeEmpty(); // the settings of one are not those of the other
        if (question is "ping" or "reserved" or "query_task") JsonElement.DeepEquals(csharp, python).Should().BeTrue();
        csharp.GetRawText().Should().NotContain(":guest@", "passwords are masked");
    }

    [SkippableFact]
    public async Task Inspect_WhatRunsAndWaits_TellsTheTasksOfBoth()
    {
        await peers.ReadyAsync();
        var running = await peers.Python.SendAsync("cs.wait", new[] { 60 });
        var later = await peers.Python.SendAsync("cs.wait", new[] { 0 }, null, new { countdown = 9 });
        var inPython = await peers.Python.SendAsync("py.sleep", new[] { 60 }, null, new { queue = peers.PythonQueue });
        var laterInPython = await peers.Python.SendAsync("py.sleep", new[] { 0 }, null, new { queue = peers.PythonQueue, countdown = 9 });
        await Eventually.IsTrueAsync(() => Runs.Of(running) == 1);
        await Eventually.IsTrueAsync(async () => (await peers.Python.ControlAsync("scheduled", null, [peers.CSharpNode], 5)).Nodes[peers.CSharpNode].GetArrayLength() == 1);
        await Eventually.IsTrueAsync(async () => (await peers.Python.ControlAsync("active", null, [peers.PythonNode], 5)).Nodes[peers.PythonNode].GetArrayLength() == 1);

        var active = await RunAsync("inspect", "active");
        var scheduled = await RunAsync("inspect", "scheduled");
        var queried = await RunAsync("inspect", "query_task", running, inPython, later);

        var (csharp, python) = (active.GetProperty(peers.CSharpNode)[0], active.GetProperty(peers.PythonNode)[0]);
        Shape.Differences(python, csharp, "active").Should().BeEmpty();
        (csharp.GetProperty("id").GetString(), csharp.GetProperty("type").GetString(), csharp.GetProperty("args")[0].GetInt32()).Should().Be((running, "cs.wait", 60));
        var (held, heldInPython) = (scheduled.GetProperty(peers.CSharpNode)[0], scheduled.GetProperty(peers.PythonNode)[0]);
        Shape.Differences(heldInPython, held, "scheduled").Should().BeEmpty();
        (held.GetProperty("request").GetProperty("id").GetString(), heldInPython.GetProperty("request").GetProperty("id").GetString()).Should().Be((later, laterInPython));
        queried.GetProperty(peers.CSharpNode).EnumerateObject().Should().ContainSingle(task => task.Name == running).Which.Value[0].GetString().Should().Be("active");
        queried.GetProperty(peers.PythonNode).EnumerateObject().Should().ContainSingle(task => task.Name == inPython).Which.Value[0].GetString().Should().Be("active");

        var terminated = await RunAsync("control", "terminate", "SIGTERM", running, inPython, later, laterInPython);
        terminated.GetProperty(peers.CSharpNode).GetProperty("ok").GetString().Should().Be($"terminate: {running}");
        (await peers.Python.GetAsync(running)).State.Should().Be("REVOKED");
    }

    [SkippableTheory]
    [InlineData("revoke", "some-id")]
    [InlineData("terminate", "SIGTERM", "some-id")]
    [InlineData("pool_grow", "1")]
    [InlineData("pool_shrink", "1")]
    [InlineData("pool_restart")]
    [InlineData("autoscale", "3", "1")]
    [InlineData("rate_limit", "nobody.knows", "10/m")]
    [InlineData("heartbeat")]
    public async Task Control_OfBoth_IsAnsweredInTheSameWords(string command, params string[] arguments)
    {
        await peers.ReadyAsync();

        var replies = await RunAsync("control", command, arguments);

        JsonElement.DeepEquals(replies.GetProperty(peers.CSharpNode), replies.GetProperty(peers.PythonNode)).Should().BeTrue(replies.GetRawText());
    }

    [SkippableFact]
    public async Task Control_OfEvents_IsAnsweredInTheSameWords()
    {
        await peers.ReadyAsync();

        foreach (var command in new[] { "enable_events", "enable_events", "disable_events", "disable_events" })
        {
            var replies = await RunAsync("control", command);
            JsonElement.DeepEquals(replies.GetProperty(peers.CSharpNode), replies.GetProperty(peers.PythonNode)).Should().BeTrue(replies.GetRawText());
        }
    }

    [SkippableFact]
    public async Task Control_OfQueues_IsAnsweredInTheSameWordsAndDone()
    {
        await peers.ReadyAsync();
        var queue = $"{peers.Queue}.extra";

        var added = await RunAsync("control", "add_consumer", queue);
        var active = await RunAsync("inspect", "active_queues");
        var left = await RunAsync("control", "cancel_consumer", queue);
        var remaining = await RunAsync("inspect", "active_queues");
        await peers.Python.DeleteAsync(queue);

        JsonElement.DeepEquals(added.GetProperty(peers.CSharpNode), added.GetProperty(peers.PythonNode)).Should().BeTrue(added.GetRawText());
        JsonElement.DeepEquals(left.GetProperty(peers.CSharpNode), left.GetProperty(peers.PythonNode)).Should().BeTrue(left.GetRawText());
        QueuesOf(active).Should().Contain(queue);
        QueuesOf(remaining).Should().Contain(peers.Queue).And.NotContain(queue);
    }

    [SkippableFact]
    public async Task Control_TimeLimit_IsTakenByWhoeverKnowsTheTask()
    {
        await peers.ReadyAsync();

        var replies = await RunAsync("control", "time_limit", "cs.add", "5", "10");

        replies.GetProperty(peers.CSharpNode).GetProperty("ok").GetString().Should().Be("time limits set successfully");
        replies.GetProperty(peers.PythonNode).GetProperty("error").GetString().Should().Be("unknown task");
    }

    [SkippableFact]
    public async Task Control_Election_DoesNoHarm()
    {
        await peers.ReadyAsync();

        var replies = await RunAsync("control", "election");

        replies.GetProperty(peers.CSharpNode).ValueKind.Should().Be(JsonValueKind.Null);
    }

    [SkippableFact]
    public async Task Control_Shutdown_StopsTheHost()
    {
        await peers.ReadyAsync();
        await using var host = await CSharpHost.StartAsync(peers.Transport, peers.PriorityQueue, [peers.PriorityQueue], worker => worker.NodeName = $"gone-{peers.Queue}@localhost");

        var result = await PythonCommand.RunAsync(peers.PythonSettings, "control", "shutdown", "-d", $"gone-{peers.Queue}@localhost", "--json");

        result.ExitCode.Should().Be(69, "nobody answers, as in Celery");
        await host.Stopping.Within();
    }

    [SkippableFact]
    public async Task Status_CountsBoth()
    {
        await peers.ReadyAsync();

        var result = await PythonCommand.RunAsync(peers.PythonSettings, "status", "-t", "5", "-d", $"{peers.PythonNode},{peers.CSharpNode}");

        result.ExitCode.Should().Be(0, result.Errors);
        result.Output.Should().Contain($"{peers.CSharpNode}: OK").And.Contain($"{peers.PythonNode}: OK").And.Contain("2 nodes online.");
    }

    [SkippableFact]
    public async Task CallAndResult_GoThroughTheWorker()
    {
        await peers.ReadyAsync();

        var call = await PythonCommand.RunAsync(peers.PythonSettings, "call", "cs.add", "--args", "[20, 22]", "--queue", peers.Queue);
        var id = call.Output.Trim();
        await peers.Python.GetAsync(id);
        var result = await PythonCommand.RunAsync(peers.PythonSettings, "result", id);

        (result.ExitCode, result.Output.Trim()).Should().Be((0, "42"));
    }

    [SkippableFact]
    public async Task Purge_EmptiesAQueueOfTheFleet()
    {
        await peers.ReadyAsync();
        var queue = peers.PriorityQueue;
        for (var i = 0; i < 3; i++) await peers.CSharp.Client.EnqueueAsync(CSharpTasks.WaitTask(0).With(options => options.Queue = queue));
        await Eventually.IsTrueAsync(async () => await peers.Python.LengthAsync(queue) == 3);

        var result = await PythonCommand.RunAsync(peers.PythonSettings, "purge", "-f", "-Q", queue);

        result.ExitCode.Should().Be(0, result.Errors);
        result.Output.Should().Contain("Purged 3 messages");
        (await peers.Python.LengthAsync(queue)).Should().Be(0);
    }

    // Both are named, so that the command ends with the second reply.
    private IEnumerable<string?> QueuesOf(JsonElement replies) => replies.GetProperty(peers.CSharpNode).EnumerateArray().Select(queue => queue.GetProperty("name").GetString());

    private async Task<JsonElement> RunAsync(string program, string command, params string[] arguments)
    {
        var result = await PythonCommand.RunAsync(
            peers.PythonSettings, [program, command, "--json", "-t", "10", "-d", $"{peers.PythonNode},{peers.CSharpNode}", .. arguments]);
        result.ExitCode.Should().Be(0, result.Errors);
        var json = result.Json();
        if (json.ValueKind == JsonValueKind.Object) return json;
        // control prints a list of one object for each reply
        return JsonSerializer.SerializeToElement(json.EnumerateArray().SelectMany(reply => reply.EnumerateObject()).ToDictionary(reply => reply.Name, reply => reply.Value));
    }
}

/// <summary>The command line over RabbitMQ.</summary>
public sealed class CommandLineOverRabbitMQTests(ControlOverRabbitMQFixture peers) : CommandLineTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>The command line over Redis.</summary>
public sealed class CommandLineOverRedisTests(ControlOverRedisFixture peers) : CommandLineTests(peers), IClassFixture<ControlOverRedisFixture>;
