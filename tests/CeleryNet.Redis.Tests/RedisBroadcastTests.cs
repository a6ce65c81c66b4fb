using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;
using StackExchange.Redis;

namespace CeleryNet.Redis.Tests;

/// <summary>Broadcasts between C# and Python, and after a lost connection.</summary>
public sealed class RedisBroadcastTests : RedisTestBase
{
    private static readonly BroadcastExchange Pidbox = new("celery.pidbox", "fanout", IsDurable: false);
    private static readonly BroadcastExchange Replies = new("reply.celery.pidbox", "direct", IsDurable: false);
    private static readonly TimeSpan PythonStart = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Control_FromHere_IsCarriedOutAndAnsweredByAPythonWorker()
    {
        await using var server = await RedisServer.StartAsync();
        await using var results = new RedisResultBackend(ConnectionString.ParseAll(server.Url));
        var broker = NewBroker(options => options.KeyPrefix = "", url: server.Url);
        await using var python = await PythonWorker.StartAsync(server.Url, "work", TimeSpan.FromHours(1));
        var oid = Guid.NewGuid().ToString();
        var replies = Channel.CreateUnbounded<Broadcast>();
        await using var listening = await broker.ListenAsync(new BroadcastQueue($"{oid}.reply.celery.pidbox", Replies, oid), (reply, token) => replies.Writer.WriteAsync(reply, token), CancellationToken.None).Within();

        Broadcast? pong = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                await ControlAsync(broker, $$$"""{"method":"ping","arguments":{},"destination":null,"ticket":"t1","reply_to":{"exchange":"reply.celery.pidbox","routing_key":"{{{oid}}}"}}""");
                using var wait = new CancellationTokenSource(TimeSpan.FromSeconds(1)); // Python is still starting when none comes
                try
                {
                    pong = await replies.Reader.ReadAsync(wait.Token);
                    return true;
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            },
            PythonStart);
        var task = TestMessages.New("tests.add", Encoding.UTF8.GetBytes("[[1,2],{},{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}]"));
        var marker = TestMessages.New("tests.add", task.Body);
        await ControlAsync(broker, $$$"""{"method":"revoke","arguments":{"task_id":"{{{task.Id}}}"},"destination":null,"ticket":"t2","reply_to":{"exchange":"reply.celery.pidbox","routing_key":"{{{oid}}}"}}""");
        var revoked = await replies.Reader.NextAsync();
        while (!Encoding.UTF8.GetString(revoked.Body.Span).Contains("revoked", StringComparison.Ordinal)) revoked = await replies.Reader.NextAsync(); // more pongs
        foreach (var message in new[] { task, marker }) await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None).Within();
        var state = await StateAsync(results, task.Id!);

        using var body = JsonDocument.Parse(pong!.Body); // set by the condition
        body.RootElement.GetProperty("peer@tests").GetProperty("ok").GetString().Should().Be("pong");
        pong.Headers.Should().Contain("ticket", "t1").And.ContainKey("clock").WhoseValue.Should().BeOfType<long>();
        Encoding.UTF8.GetString(revoked.Body.Span).Should().Contain(task.Id);
        state.Should().Be(TaskStates.Revoked);
        (await StateAsync(results, marker.Id!)).Should().Be(TaskStates.Success);
    }

    [SkippableFact]
    public async Task Control_FromPython_ReachesAListenerHereAndTheAnswerGoesBack()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        var broker = NewBroker(options => options.KeyPrefix = "", url: server.Url);
        var received = Channel.CreateUnbounded<Broadcast>();
        await using var listening = await broker.ListenAsync(
            new BroadcastQueue("cs@tests.celery.pidbox", Pidbox),
            async (message, token) =>
            {
                received.Writer.TryWrite(message);
                using var request = JsonDocument.Parse(message.Body);
                if (!request.RootElement.TryGetProperty("reply_to", out var reply) || reply.ValueKind != JsonValueKind.Object) return;
                await broker.BroadcastAsync(
                    new Broadcast
                    {
                        Exchange = Replies with { Name = reply.GetProperty("exchange").GetString()! },
                        RoutingKey = reply.GetProperty("routing_key").GetString()!,
                        Headers = new Dictionary<string, object?> { ["ticket"] = request.RootElement.GetProperty("ticket").GetString(), ["clock"] = 1L },
                        Body = "{\"cs@tests\": {\"ok\": \"pong\"}}"u8.ToArray(),
                    },
                    token);
            },
            CancellationToken.None).Within();

        var answer = await PythonScript.RunAsync(server.Url, "print(json.dumps(app.control.ping(timeout=5, limit=1)))\napp.control.revoke('a-task', terminate=True)");
        var ping = await received.Reader.NextAsync();
        var revoke = await received.Reader.NextAsync();

        using (var body = JsonDocument.Parse(ping.Body)) body.RootElement.GetProperty("method").GetString().Should().Be("ping");
        ping.ContentType.Should().Be("application/json");
        ping.ContentEncoding.Should().Be("utf-8");
        ping.Headers.Should().ContainKey("clock").WhoseValue.Should().BeOfType<long>();
        ping.Headers.Should().ContainKey("expires");
        answer.Trim().Should().Be("[{\"cs@tests\": {\"ok\": \"pong\"}}]");
        using (var body = JsonDocument.Parse(revoke.Body))
        {
            body.RootElement.GetProperty("method").GetString().Should().Be("revoke");
            body.RootElement.GetProperty("arguments").GetProperty("task_id").ToString().Should().Contain("a-task");
        }

        (await redis.SetAsync("_kombu.binding.celery.pidbox")).Should().Contain($"{TestRedis.Separator}{TestRedis.Separator}cs@tests.celery.pidbox");
    }

    // Celery's events go by keys; on Redis their exchange is a fanout one, and wildcards make it a pattern.
    [SkippableTheory]
    [InlineData("")]
    [InlineData("pre[f]ix*:")]
    public async Task Events_OfPython_ReachAListenerOfTheirKeys(string prefix)
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(options => options.KeyPrefix = prefix, url: server.Url);
        var received = Channel.CreateUnbounded<Broadcast>();
        await using var listening = await broker.ListenAsync(
            new BroadcastQueue("cs@tests.events", new BroadcastExchange("celeryev", "topic", IsDurable: true), "worker.#"), (message, token) => received.Writer.WriteAsync(message, token), CancellationToken.None).Within();

        await PythonScript.RunAsync(
            server.Url,
            "with app.connection_for_write() as connection:\n    with app.events.Dispatcher(connection, hostname='py@tests') as events:\n        events.send('task-sent', uuid='x')\n        events.send('worker-online')",
            $"{{'global_keyprefix': '{prefix}'}}");
        var online = await received.Reader.NextAsync();

        online.RoutingKey.Should().Be("worker.online", "the task's event has another key");
        using var body = JsonDocument.Parse(online.Body);
        body.RootElement.GetProperty("type").GetString().Should().Be("worker-online");
    }

    [SkippableFact]
    public async Task Listen_ServerKilledAndStartedAgain_HearsAgain()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        var (heard, replies) = (Channel.CreateUnbounded<Broadcast>(), Channel.CreateUnbounded<Broadcast>());
        await using var listening = await broker.ListenAsync(new BroadcastQueue("cs@tests", Pidbox), (message, token) => heard.Writer.WriteAsync(message, token), CancellationToken.None).Within();
        await using var answering = await broker.ListenAsync(new BroadcastQueue("oid.reply", Replies, "oid"), (message, token) => replies.Writer.WriteAsync(message, token), CancellationToken.None).Within();

        await server.KillAsync();
        await server.StartAgainAsync(); // without its data
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        await Eventually.IsTrueAsync(async () => (await redis.SetAsync("_kombu.binding.reply.celery.pidbox")).Length == 1 && (await redis.SetAsync("_kombu.binding.celery.pidbox")).Length == 1, TimeSpan.FromSeconds(20));
        await Eventually.IsTrueAsync(async () => ((RedisValue[]?)await redis.ExecuteAsync("PUBSUB", "CHANNELS", $"{Prefix}*"))!.Length == 1, TimeSpan.FromSeconds(20));
        await ControlAsync(broker, "{}");
        await broker.BroadcastAsync(new Broadcast { Exchange = Replies, RoutingKey = "oid", Body = "{}"u8.ToArray() }, CancellationToken.None).Within();

        (await heard.Reader.NextAsync()).Body.Length.Should().Be(2);
        (await replies.Reader.NextAsync()).RoutingKey.Should().Be("oid");
    }

    [SkippableFact]
    public async Task Listen_ThousandsAtOnce_ComeInTheirOrder()
    {
        const int Count = 50_000; // where the client keeps no order, so many never come in it
        const int AtOnce = 5_000; // less than may wait for a listener
        var broker = NewBroker();
        var heard = Channel.CreateUnbounded<string>();
        await using var listening = await broker.ListenAsync(
            new BroadcastQueue("cs@tests", Pidbox), (message, token) => heard.Writer.WriteAsync(Encoding.UTF8.GetString(message.Body.Span), token), CancellationToken.None).Within();
        var numbers = new List<string>(Count);

        for (var i = 0; i < Count; i += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(i, AtOnce).Select(number => ControlAsync(broker, $"{number}")));
            numbers.AddRange(await heard.Reader.NextAsync(AtOnce));
        }

        numbers.Should().Equal(Enumerable.Range(0, Count).Select(number => $"{number}"), "one connection sent them one behind the other");
    }

    [SkippableFact]
    public async Task Listen_Rubbish_IsLoggedAndLeftOut()
    {
        var log = new TestLog();
        var broker = Own(new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix }, new TestServices(log)));
        var heard = Channel.CreateUnbounded<Broadcast>();
        await using var listening = await broker.ListenAsync(new BroadcastQueue("cs@tests", Pidbox), (message, token) => heard.Writer.WriteAsync(message, token), CancellationToken.None).Within();
        string[] rubbish = ["", "x", "[]", "{\"body\": 5}", "{\"body\": \"###\", \"properties\": {\"body_encoding\": \"base64\"}}", "{\"headers\": []}", "{\"body\":\"\"} trailing"];

        var database = (await Redis.ExecuteAsync("CLIENT", "INFO")).ToString()!.Split(" db=")[1].Split(' ')[0];
        foreach (var payload in rubbish) await Redis.ExecuteAsync("PUBLISH", $"{Prefix}/{database}.celery.pidbox", payload);
        await ControlAsync(broker, "marker");

        Encoding.UTF8.GetString((await heard.Reader.NextAsync()).Body.Span).Should().Be("marker");
        log.ToString().Split("was ignored").Should().HaveCount(rubbish.Length + 1);
    }

    [SkippableFact]
    public async Task Broadcast_TypeThatRedisDoesNotCarry_IsRefusedByName()
    {
        var broker = NewBroker();
        var exchange = new BroadcastExchange("all", "headers", IsDurable: false);

        var send = async () => await broker.BroadcastAsync(new Broadcast { Exchange = exchange, Body = default }, CancellationToken.None);
        var listen = async () => await broker.ListenAsync(new BroadcastQueue("q", exchange), (_, _) => default, CancellationToken.None);

        (await send.Should().ThrowAsync<TaskQueueException>()).WithMessage("*'all'*'headers'*fanout, topic or direct*");
        await listen.Should().ThrowAsync<TaskQueueException>();
    }

    [SkippableFact]
    public async Task Listen_ServerAway_SaysSo()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        var broker = NewBroker(url: server.Url, publishTimeout: TimeSpan.FromSeconds(1));

        var listen = async () => await broker.ListenAsync(new BroadcastQueue("cs@tests", Pidbox), (_, _) => default, CancellationToken.None);
        var send = async () => await ControlAsync(broker, "{}");

        await listen.Should().ThrowAsync<BrokerUnavailableException>();
        await send.Should().ThrowAsync<BrokerUnavailableException>();
    }

    private static async Task ControlAsync(RedisBroker broker, string body) => await broker.BroadcastAsync(
        new Broadcast { Exchange = Pidbox, Headers = new Dictionary<string, object?> { ["clock"] = 1L, ["expires"] = 0L }, Body = Encoding.UTF8.GetBytes(body) }, CancellationToken.None).Within();

    private static async Task<string> StateAsync(RedisResultBackend results, string id)
    {
        TaskResult? result = null;
        await Eventually.IsTrueAsync(async () => (result = await results.GetAsync(id, CancellationToken.None)) is { IsReady: true }, PythonStart);
        return result!.State; // set by the condition
    }
}
