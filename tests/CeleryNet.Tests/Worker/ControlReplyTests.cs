using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Tasks;
using CeleryNet.Tests.Serialization;
using CeleryNet.Worker.Commands;

namespace CeleryNet.Tests.Worker;

/// <summary>What a worker answers to the requests that Celery's clients send, compared with what Celery's worker answered.</summary>
public sealed class ControlReplyTests : IAsyncDisposable
{
    private readonly ControlFixture _peers = new();

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Theory]
    [InlineData("ping")]
    [InlineData("ping-destination")]
    [InlineData("pattern-matcher")]
    [InlineData("reserved")]
    [InlineData("revoke")]
    [InlineData("revoke-many")]
    [InlineData("revoke-terminate")]
    [InlineData("terminate")]
    [InlineData("time_limit")]
    [InlineData("rate_limit")]
    [InlineData("rate_limit-unknown-task")]
    [InlineData("pool_grow")]
    [InlineData("pool_shrink")]
    [InlineData("pool_restart-not-enabled")]
    [InlineData("autoscale-not-enabled")]
    [InlineData("disable_events")]
    [InlineData("heartbeat")]
    [InlineData("unknown-command")]
    public async Task Reply_IsWordForWordCelerys(string golden)
    {
        var capture = GoldenFile.Read($"c526/control/{golden}");
        var expected = capture.GetProperty("replies")[0].GetProperty("message");
        await _peers.StartAsync();

        var reply = (await _peers.SendAsync(BodyOf(capture.GetProperty("request").GetProperty("message")))).Should().ContainSingle().Subject;

        JsonElement.DeepEquals(JsonElement.Parse(reply.Body.Span), JsonElement.Parse(BodyOf(expected))).Should().BeTrue();
        (reply.Exchange.Name, reply.Exchange.Type, reply.Exchange.IsDurable).Should().Be(("reply.celery.pidbox", "direct", false));
        reply.RoutingKey.Should().Be(capture.GetProperty("replies")[0].GetProperty("amqp_routing_keys")[0].GetString());
        reply.Headers.Keys.Should().BeEquivalentTo("ticket", "clock");
        reply.Headers["ticket"].Should().Be(expected.GetProperty("headers").GetProperty("ticket").GetString());
        reply.ContentType.Should().Be("application/json");
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("active")]
    [InlineData("scheduled")]
    [InlineData("active_queues")]
    [InlineData("clock")]
    [InlineData("hello")]
    [InlineData("registered")]
    [InlineData("query_task")]
    [InlineData("revoked")]
    public async Task Reply_HasTheShapeOfCelerys(string golden)
    {
        await _peers.StartAsync();
        var running = await _peers.RunAsync("[2, 3]");
        _peers.Broker.Deliver(WorkerFixture.Message("tasks.add", change: held => held.Eta = _peers.Fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(9)));
        await _peers.SendAsync("""{"method": "revoke", "arguments": {"task_id": "dead-task-id"}}""");
        await Eventually.IsTrueAsync(async () => (await _peers.AskAsync("scheduled")).GetArrayLength() == 1);
        var capture = GoldenFile.Read($"c526/control/{golden}");
        var request = BodyOf(capture.GetProperty("request").GetProperty("message"));
        if (golden == "query_task") request = Replaced(request, running.Id!);
        var expected = JsonElement.Parse(BodyOf(capture.GetProperty("replies")[0].GetProperty("message"))).GetProperty("w1@host");

        var reply = ControlFixture.ReplyOf((await _peers.SendAsync(request)).Should().ContainSingle().Subject);

        Shape.Differences(expected, reply, "reply").Should().BeEmpty();
    }

    [Fact]
    public async Task Active_TellsTheRunningTask()
    {
        await _peers.StartAsync();
        var message = await _peers.RunAsync("[2, \"zwei\"]");

        var info = (await _peers.AskAsync("active", """{"safe": null}"""))[0];
        var safe = (await _peers.AskAsync("dump_active", """{"safe": true}"""))[0];

        info.GetProperty("id").GetString().Should().Be(message.Id);
        info.GetProperty("args").GetRawText().Should().Be("[2, \"zwei\"]");
        info.GetProperty("kwargs").GetRawText().Should().Be("{}");
        info.GetProperty("worker_pid").GetInt32().Should().Be(Environment.ProcessId);
        info.GetProperty("time_start").GetDouble().Should().BeApproximately((_peers.Fixture.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds, 0.001);
        (safe.GetProperty("args").GetString(), safe.GetProperty("kwargs").GetString()).Should().Be(("(2, 'zwei')", "{}"));
    }

    [Fact]
    public async Task Active_ArgumentsOfMegabytes_AreShownShortened()
    {
        await _peers.StartAsync();
        await _peers.RunAsync($"[\"{new string('x', 2_000_000)}\"]");

        var info = (await _peers.AskAsync("active"))[0];

        info.GetProperty("args").GetString().Should().HaveLength(1024).And.StartWith("('xxx").And.EndWith("...");
    }

    [Fact]
    public async Task Reserved_TellsWhatWaitsForASlot_AndQueryTellsBoth()
    {
        _peers.Fixture.Options.Concurrency = 1;
        await _peers.StartAsync();
        var running = await _peers.RunAsync();
        var waiting = WorkerFixture.Message("tasks.add");
        _peers.Broker.Deliver(waiting);
        await Eventually.IsTrueAsync(async () => (await _peers.AskAsync("reserved")).GetArrayLength() == 1);

        var reserved = (await _peers.AskAsync("reserved"))[0];
        var queried = await _peers.AskAsync("query_task", $$"""{"ids": ["{{running.Id}}", "{{waiting.Id}}", "nobody"]}""");

        reserved.GetProperty("id").GetString().Should().Be(waiting.Id);
        (reserved.GetProperty("time_start").ValueKind, reserved.GetProperty("worker_pid").ValueKind).Should().Be((JsonValueKind.Null, JsonValueKind.Null));
        queried.EnumerateObject().Should().HaveCount(2);
        queried.GetProperty(running.Id!)[0].GetString().Should().Be("active");
        queried.GetProperty(waiting.Id!)[0].GetString().Should().Be("reserved");
        _peers.Release.SetResult();
        (await _peers.Fixture.StepsAsync(4)).Should().HaveCount(4);
        (await _peers.AskAsync("reserved")).GetArrayLength().Should().Be(0, "what has run is not shown any more");
    }

    [Fact]
    public async Task Stats_CountsWhatWasStarted()
    {
        await _peers.StartAsync();
        for (var i = 0; i < 3; i++) _peers.Broker.Deliver(WorkerFixture.Message("tasks.add"));
        await _peers.Fixture.StepsAsync(6);

        var stats = await _peers.AskAsync("stats");

        stats.GetProperty("total").GetRawText().Should().Be("""{"tasks.add":3}""");
        stats.GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().Be(2);
        stats.GetProperty("clock").GetString().Should().NotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("active_queues", """{"x": 1}""", "TypeError(\"active_queues() got an unexpected keyword argument 'x'\")")]
    [InlineData("enable_events", """{"x": 1}""", "TypeError(\"enable_events() got an unexpected keyword argument 'x'\")")]
    [InlineData("revoke", "{}", "TypeError(\"it has no argument 'task_id'\")")]
    [InlineData("pool_shrink", """{"n": 99}""", "ValueError('2 tasks run at once, which cannot change by 99: it must stay from 1 to 10000')")]
    [InlineData("pool_grow", """{"n": "many"}""", "TypeError(\"argument 'n' is not a whole number\")")]
    [InlineData("time_limit", """{"task_name": "nosuch", "soft": 1}""", "unknown task")]
    public async Task Reply_ToARequestThatDoesNotFit_IsAnError(string method, string arguments, string expected)
    {
        await _peers.StartAsync();

        var reply = await _peers.AskAsync(method, arguments);

        reply.GetProperty("error").GetString().Should().Be(expected);
        (await _peers.AskAsync("ping")).GetProperty("ok").GetString().Should().Be("pong");
    }

    [Theory]
    [InlineData("""{"exchange": "celery", "routing_key": "client"}""")]
    [InlineData("""{"exchange": "reply.celery.pidbox", "routing_key": ""}""")]
    [InlineData("""{"exchange": 5}""")]
    [InlineData("\"somebody\"")]
    public async Task Request_WithAReplyAddressThatIsNone_IsLeftOut(string address)
    {
        await _peers.StartAsync();

        var replies = await _peers.SendAsync($$"""{"method": "pool_grow", "arguments": {}, "ticket": "t", "reply_to": {{address}}}""");

        replies.Should().BeEmpty();
        (await _peers.AskAsync("stats")).GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task Request_ThatWantsNoReply_GetsNone()
    {
        await _peers.StartAsync();

        (await _peers.SendAsync("""{"method": "ping", "arguments": {}}""")).Should().BeEmpty();
    }

    [Fact]
    public async Task Commands_SwitchedOff_AreRefusedAlsoByTheirOldNames()
    {
        _peers.Fixture.Options.DisableCommands("pool_grow", "conf");
        await _peers.StartAsync();

        var refusals = new[] { await _peers.AskAsync("pool_grow"), await _peers.AskAsync("conf"), await _peers.AskAsync("dump_conf") };

        refusals.Select(refusal => refusal.GetProperty("error").GetString()).Should().Equal(
            "PermissionError('pool_grow is switched off in this worker')", "PermissionError('conf is switched off in this worker')",
            "PermissionError('dump_conf is switched off in this worker')");
        (await _peers.AskAsync("stats")).GetProperty("pool").GetProperty("max-concurrency").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task Commands_ThatCanBeSwitchedOff_AllExist()
    {
        await _peers.StartAsync();

        foreach (var name in WorkerCommands.Names)
        {
            var reply = (await _peers.SendAsync(
                $$$"""{"method": "{{{name}}}", "arguments": {}, "ticket": "t", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "client"}}""")).Should().ContainSingle().Subject;
            Text(reply).Should().NotContain("KeyError(", name);
        }
    }

    [Fact]
    public async Task RemoteControl_SwitchedOff_ListensToNothing()
    {
        _peers.Fixture.Options.EnableRemoteControl = false;
        await _peers.StartAsync();

        _peers.Broker.Queues.Should().NotContain(queue => queue.Exchange.Name == "celery.pidbox");
    }

    [Fact]
    public async Task Clock_IsBehindEveryRequestAndReply()
    {
        await _peers.StartAsync();

        await _peers.Broker.BroadcastAsync(
            new Broadcast { Exchange = new("celery.pidbox", "fanout", false), Headers = new Dictionary<string, object?> { ["clock"] = 500L }, Body = "{}"u8.ToArray() }, CancellationToken.None);
        var clock = (await _peers.AskAsync("clock")).GetProperty("clock").GetInt64();
        var reply = (await _peers.SendAsync("""{"method": "ping", "ticket": "t", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "client"}}"""))[0];

        clock.Should().BeGreaterThan(500);
        reply.Headers["clock"].Should().BeOfType<long>().Which.Should().BeGreaterThan(clock);
    }

    [Fact]
    public async Task Registered_WithItems_ShowsWhatIsSet()
    {
        _peers.Fixture.Handle("limited", _ => default, new TaskPolicy { MaxRetries = 7, TimeLimit = TimeSpan.FromSeconds(1.5) });
        await _peers.StartAsync();

        var registered = await _peers.AskAsync("registered", """{"taskinfoitems": ["rate_limit", "max_retries", "time_limit"]}""");

        registered.EnumerateArray().Select(task => task.GetString()).Should().Equal("limited [max_retries=7 time_limit=1.5]", "slow [max_retries=3]", "tasks.add [max_retries=3]");
    }

    [Fact]
    public async Task Memory_IsSampledAndDumped()
    {
        await _peers.StartAsync();

        var sample = (await _peers.AskAsync("memsample")).GetString();
        var dump = (await _peers.AskAsync("memdump", """{"samples": 10}""")).GetString();

        sample.Should().MatchRegex(@"^\d+(\.\d+)?(KB|MB|GB)$");
        dump.Should().StartWith($"- rss (sample):\n-    > {sample},\n- rss (end): ");
        (await _peers.AskAsync("objgraph")).GetProperty("error").GetString().Should().StartWith("NotImplementedError(");
    }

    [Fact]
    public async Task Events_AreSwitchedOnAndOff()
    {
        await _peers.StartAsync();

        var texts = new List<string?>();
        foreach (var method in new[] { "enable_events", "enable_events", "disable_events", "disable_events" }) texts.Add((await _peers.AskAsync(method)).GetProperty("ok").GetString());

        texts.Should().Equal("task events enabled", "task events already enabled", "task events disabled", "task events already disabled");
    }

    private static string Text(Broadcast reply) => System.Text.Encoding.UTF8.GetString(reply.Body.Span);

    private static string BodyOf(JsonElement message) => message.GetProperty("body_text").GetString()!;

    private static string Replaced(string request, string id)
    {
        var ids = JsonElement.Parse(request).GetProperty("arguments").GetProperty("ids");
        return request.Replace(ids.GetRawText(), $"[\"{id}\"]", StringComparison.Ordinal);
    }
}
