using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Broadcasting;

/// <summary>Remote control between C# and real Python Celery, both ways.</summary>
public sealed class PythonControlTests : IAsyncLifetime
{
    private static readonly TimeSpan PythonStart = TimeSpan.FromSeconds(60); // on a busy machine
    private static readonly BroadcastExchange Control = new("celery.pidbox", "fanout", IsDurable: false);
    private static readonly BroadcastExchange Replies = new("reply.celery.pidbox", "direct", IsDurable: false);
    private static readonly BroadcastExchange Events = new("celeryev", "topic", IsDurable: true);

    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():N}");

    private string App =>
        $"""
        import time
        from celery import Celery
        app = Celery('peer', broker={Python.Text(TestServers.RabbitMQ)}, backend='rpc://')
        app.conf.update(task_default_queue={Python.Text(_queue.Name)}, worker_hijack_root_logger=False, worker_redirect_stdouts=False)

        @app.task(name='peer.sleep')
        def sleep(seconds):
            print('started', flush=True)
            time.sleep(seconds)
            print('slept', flush=True)

        @app.task(name='peer.say')
        def say(word):
            print(word, flush=True)

        """;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_queue.Name]);

    [SkippableFact]
    public async Task Broadcast_PingAndRevoke_AreCarriedOutByAPythonWorker()
    {
        var node = $"py{Guid.NewGuid():N}@tests";
        await using var broker = TestBrokers.Create();
        var replies = Channel.CreateUnbounded<Broadcast>();
        var events = Channel.CreateUnbounded<string>();
        var oid = Guid.NewGuid().ToString();
        await using var listening = await broker.ListenAsync(new BroadcastQueue($"{oid}.reply.celery.pidbox", Replies, oid), Into(replies), CancellationToken.None).Within();
        await using var watching = await broker.ListenAsync(
            new BroadcastQueue($"celeryev.{Guid.NewGuid()}", Events, "task.#"),
            (message, _) =>
            {
                events.Writer.TryWrite(Encoding.UTF8.GetString(message.Body.Span));
                return default;
            },
            CancellationToken.None).Within();
        using var worker = Python.Start(App + $"app.worker_main(['worker', '-c', '1', '-P', 'prefork', '-E', '-n', {Python.Text(node)}, '--without-gossip', '--without-mingle', '-l', 'ERROR'])");
        var output = ReadLines(worker);
        var errors = worker.StandardError.ReadToEndAsync();
        try
        {
            var pong = await PingUntilAnsweredAsync(broker, node, oid, replies.Reader);
            var running = await SendAsync(broker, "peer.sleep", "600");
            (await output.NextAsync()).Should().Be("started");
            var waiting = await SendAsync(broker, "peer.say", "\"never\"");
            await RevokeAsync(broker, node, [waiting], terminate: false);
            await RevokeAsync(broker, node, [running], terminate: true);
            await SendAsync(broker, "peer.say", "\"after\"");
            var next = await output.NextAsync();

            pong.Should().Be("{\"" + node + "\": {\"ok\": \"pong\"}}");
            next.Should().Be("after", "one task was terminated and the other not begun");
            var revoked = new List<JsonElement>();
            while (revoked.Count < 2)
            {
                using var document = JsonDocument.Parse(await events.Reader.NextAsync());
                var root = document.RootElement.Clone();
                foreach (var one in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root])
                    if (one.GetProperty("type").GetString() == "task-revoked" && one.GetProperty("hostname").GetString() == node) revoked.Add(one);
            }

            revoked.Select(one => (one.GetProperty("uuid").GetString(), one.GetProperty("terminated").GetBoolean())).Should().BeEquivalentTo([(running, true), (waiting, false)]);
        }
        finally
        {
            worker.Kill(entireProcessTree: true);
            await errors.Within();
        }
    }

    [SkippableFact]
    public async Task Listen_PythonControlClient_ItsRequestsArriveWhole()
    {
        var node = $"cs{Guid.NewGuid():N}@tests";
        await using var broker = TestBrokers.Create();
        var received = Channel.CreateUnbounded<Broadcast>();
        await using var listening = await broker.ListenAsync(
            new BroadcastQueue($"{node}.celery.pidbox", Control),
            (message, _) =>
            {
                if (Encoding.UTF8.GetString(message.Body.Span).Contains(node, StringComparison.Ordinal)) received.Writer.TryWrite(message); // others broadcast too
                return default;
            },
            CancellationToken.None).Within();

        var client = Python.RunAsync(
            App,
            $"app.control.revoke('id-1', terminate=True, signal='SIGKILL', destination=[{Python.Text(node)}])",
            $"print(app.control.ping(destination=[{Python.Text(node)}], timeout=20))");
        var revoke = await received.Reader.ReadAsync().AsTask().Within(PythonStart);
        var ping = await received.Reader.ReadAsync().AsTask().Within(PythonStart);
        using var request = JsonDocument.Parse(ping.Body);
        var address = request.RootElement.GetProperty("reply_to");
        await broker.BroadcastAsync(
            new Broadcast
            {
                Exchange = Replies,
                RoutingKey = address.GetProperty("routing_key").GetString()!,
                Headers = new Dictionary<string, object?> { ["ticket"] = request.RootElement.GetProperty("ticket").GetString(), ["clock"] = 7L },
                Body = Encoding.UTF8.GetBytes($$"""{"{{node}}": {"ok": "pong"} }"""),
            },
            CancellationToken.None).Within();

        (await client).Should().Be($"[{{'{node}': {{'ok': 'pong'}}}}]");
        revoke.Exchange.Should().Be(Control);
        revoke.ContentType.Should().Be("application/json");
        revoke.ContentEncoding.Should().Be("utf-8");
        revoke.Headers.Keys.Should().Contain(["clock", "expires"]);
        revoke.Headers["clock"].Should().BeOfType<long>();
        using var body = JsonDocument.Parse(revoke.Body);
        body.RootElement.GetProperty("method").GetString().Should().Be("revoke");
        var arguments = body.RootElement.GetProperty("arguments");
        arguments.GetProperty("task_id").GetString().Should().Be("id-1");
        arguments.GetProperty("terminate").GetBoolean().Should().BeTrue();
    }

    private static Func<Broadcast, CancellationToken, ValueTask> Into(Channel<Broadcast> channel) => (message, _) =>
    {
        channel.Writer.TryWrite(message);
        return default;
    };

    private static ChannelReader<string> ReadLines(Process process)
    {
        var lines = Channel.CreateUnbounded<string>();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is "started" or "slept" or "never" or "after") lines.Writer.TryWrite(line.Data); // the worker prints a banner too
        };
        process.BeginOutputReadLine();
        return lines.Reader;
    }

    // The worker may not listen yet, and a broadcast that nobody hears is gone.
    private static async Task<string> PingUntilAnsweredAsync(RabbitMQBroker broker, string node, string oid, ChannelReader<Broadcast> replies)
    {
        Broadcast? reply = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                await ControlAsync(broker, node, "ping", "{}", $$"""{"exchange":"reply.celery.pidbox","routing_key":"{{oid}}"}""");
                await Task.Delay(200); // the worker's answer
                return replies.TryRead(out reply);
            },
            PythonStart);
        return Encoding.UTF8.GetString(reply!.Body.Span);
    }

    private static Task RevokeAsync(RabbitMQBroker broker, string node, string[] ids, bool terminate) =>
        ControlAsync(broker, node, "revoke", $$"""{"task_id":{{JsonSerializer.Serialize(ids)}},"terminate":{{(terminate ? "true" : "false")}},"signal":"SIGTERM"}""", "null");

    private static async Task ControlAsync(RabbitMQBroker broker, string node, string method, string arguments, string replyTo) => await broker.BroadcastAsync(
        new Broadcast
        {
            Exchange = Control,
            Headers = new Dictionary<string, object?> { ["clock"] = 1L, ["expires"] = 0L },
            Body = Encoding.UTF8.GetBytes(
                $$"""{"method":"{{method}}","arguments":{{arguments}},"destination":["{{node}}"],"pattern":null,"matcher":null,"ticket":"{{Guid.NewGuid()}}","reply_to":{{replyTo}}}"""),
        },
        CancellationToken.None).Within();

    private async Task<string> SendAsync(RabbitMQBroker broker, string task, string argument)
    {
        var message = TestMessages.New(task, Encoding.UTF8.GetBytes($$"""[[{{argument}}],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"""));
        await broker.PublishAsync(message, Route.To(_queue), CancellationToken.None).Within();
        return message.Id!;
    }
}
