using System.Text.RegularExpressions;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>Servers that die, cut, fill up and refuse.</summary>
public sealed class RedisFaultTests : RedisTestBase
{
    [SkippableFact]
    public async Task Server_KilledAndStartedAgain_EverythingGoesOn()
    {
        await using var server = await RedisServer.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always");
        var broker = NewBroker(url: server.Url);
        var consumer = await ConsumeAsync(broker, 5);
        var before = await PublishAsync(broker);
        var held = await consumer.NextAsync();

        await server.KillAsync();
        await server.StartAgainAsync();
        var back = TimeProvider.System.GetTimestamp();
        var after = await PublishAsync(broker);
        var next = await consumer.NextAsync();
        var took = TimeProvider.System.GetElapsedTime(back);

        next.Message.Id.Should().Be(after.Id);
        took.Should().BeLessThan(TimeSpan.FromSeconds(5));
        consumer.IsCurrent(held).Should().BeTrue("its lease has not ended meanwhile");
        held.Message.Id.Should().Be(before.Id);
        await consumer.SettleAsync(held, Settlement.Acknowledge, CancellationToken.None);
        await consumer.SettleAsync(next, Settlement.Acknowledge, CancellationToken.None);
        await consumer.DisposeAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        (await redis.UnackedAsync("")).Should().BeEmpty();
        (await redis.ListAsync("work")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Connections_KilledAgainAndAgain_NothingIsLostOrDoubled()
    {
        const int Count = 2000;
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        var consumer = await ConsumeAsync(broker, 100);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var sent = new List<string>();
        var received = new HashSet<string?>(); // a publish that was cut is sent again, so some may come twice

        var reading = Task.Run(async () =>
        {
            while (received.Count < Count) received.Add((await consumer.TakeAsync()).Message.Id);
        });
        for (var i = 0; i < Count; i += 100)
        {
            var batch = Enumerable.Range(0, 100).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue))).ToList();
            await broker.PublishManyAsync(batch, CancellationToken.None).Within();
            sent.AddRange(batch.Select(message => message.Message.Id!));
            if (i % 500 == 0) await redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }

        try
        {
            await reading.Within(TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException error)
        {
            var waiting = (await redis.ListAsync("work")).Length;
            throw new TimeoutException($"{received.Count} of {Count} came, {waiting} wait, {(await redis.UnackedAsync("")).Count} are unacked, {consumer.Status}.", error);
        }

        await consumer.DisposeAsync();

        received.Should().BeEquivalentTo(sent);
        (await redis.UnackedAsync("")).Should().BeEmpty();
        (await redis.ListAsync("work")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Publish_ServerFull_IsRefusedWithItsText()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        await PublishAsync(broker);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var publish = async () => await PublishAsync(broker);

        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        error.Message.Should().Contain("OOM").And.EndWith("[CN1005]");
        error.MayHaveBeenTaken.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Take_ServerFull_StillMovesMessages()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker, 1);
        var first = await PublishAsync(broker);
        var second = await PublishAsync(broker);
        var held = await consumer.NextAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);

        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await consumer.SettleAsync(held, Settlement.Acknowledge, CancellationToken.None);
        var next = await consumer.TakeAsync();
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        held.Message.Id.Should().Be(first.Id);
        next.Message.Id.Should().Be(second.Id);
    }

    [SkippableFact]
    public async Task Publish_ServerAway_FailsTypedWithinItsTimeout()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url, publishTimeout: TimeSpan.FromSeconds(1));
        await PublishAsync(broker);
        await server.KillAsync();
        var started = TimeProvider.System.GetTimestamp();

        var publish = async () => await PublishAsync(broker);

        await publish.Should().ThrowAsync<PublishException>();
        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [SkippableFact]
    public async Task Publish_ToAReplica_GoesToTheNextServerOfTheList()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync();
        await using (var client = await TestRedis.ConnectAsync(replica.Url)) await client.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
        var broker = NewBroker(url: $"{replica.Url};{primary.Url}");

        await PublishAsync(broker);

        await using var redis = await TestRedis.ConnectAsync(primary.Url, Prefix);
        (await redis.ListAsync("work")).Should().ContainSingle();
    }

    [SkippableFact]
    public async Task Password_RightAndWrong_IsUsedAndNeverShown()
    {
        const string Secret = "S3cr3t!";
        await using var server = await RedisServer.StartAsync(Secret);
        var right = NewBroker(url: server.Url);
        var wrong = NewBroker(url: server.Url.Replace("S3cr3t", "0ther-S3cr3t", StringComparison.Ordinal), publishTimeout: TimeSpan.FromSeconds(1));

        await right.PingAsync(CancellationToken.None).Within();
        var ping = async () => await wrong.PingAsync(CancellationToken.None).Within();

        var error = (await ping.Should().ThrowAsync<BrokerUnavailableException>()).Which;
        error.Message.Should().Contain("password").And.NotContain("S3cr3t");
        right.Address.Should().Be($"redis://:***@127.0.0.1:{server.Port}/0");
    }

    [SkippableFact]
    public async Task Consume_ManyAcknowledgements_TravelInBatches()
    {
        const int Count = 500;
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        var consumer = await ConsumeAsync(broker, Count);
        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue)))], CancellationToken.None).Within();
        var held = await consumer.NextAsync(Count);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);

        foreach (var delivery in held) await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
        await Eventually.IsTrueAsync(async () => (await redis.UnackedAsync("")).Count == 0);

        var statistics = (string?)await redis.ExecuteAsync("INFO", "commandstats") ?? "";
        Calls(statistics, "hdel").Should().BeInRange(1, Count / 20);
        Calls(statistics, "lpush").Should().BeLessThan(5, "a batch of messages is one command");
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task Results_ServerKilledAndStartedAgain_WaiterIsTold()
    {
        await using var server = await RedisServer.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always");
        var log = new TestLog();
        var backend = Own(new RedisResultBackend(ConnectionString.ParseAll(server.Url), null, new TestServices(log)));
        var task = TaskId.New();
        var told = new TaskCompletionSource<TaskResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await backend.SubscribeAsync(task, result => told.TrySetResult(result), CancellationToken.None).Within();

        await using (var redis = await TestRedis.ConnectAsync(server.Url))
        {
            // Stored without a push and kept over the kill, so that only reading again after the reconnect finds it.
            await redis.Database.StringSetAsync($"celery-task-meta-{task}", $"{{\"status\": \"SUCCESS\", \"result\": 7, \"task_id\": \"{task}\"}}");
        }

        told.Task.IsCompleted.Should().BeFalse("nothing was pushed");
        await server.KillAsync();
        await server.StartAgainAsync();

        try
        {
            (await told.Task.Within(TimeSpan.FromSeconds(15))).State.Should().Be(TaskStates.Success);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException(log.ToString(), error);
        }
    }

    private static int Calls(string statistics, string command) =>
        Regex.Match(statistics, $@"cmdstat_{command}:calls=(\d+)") is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
