using System.Text.RegularExpressions;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using StackExchange.Redis;

namespace CeleryNet.Redis.Tests;

/// <summary>The take of an idle consumer waits at the server: whatever happens to it meanwhile, each message is delivered once, and none stays behind.</summary>
public sealed partial class RedisIdleTakeTests : RedisTestBase
{
    [SkippableFact]
    public async Task Push_ToAnIdleConsumer_IsTakenByTheConnectionThatWaits()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker);
        await Eventually.IsTrueAsync(redis.IsWatchedAsync);
        await redis.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "0", "slowlog-max-len", "1000");

        for (var i = 0; i < 3; i++)
        {
            await Eventually.IsTrueAsync(redis.IsWatchedAsync);
            var sent = await PublishAsync(broker);
            (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
        }

        var log = (RedisResult[]?)await redis.ExecuteAsync("SLOWLOG", "GET", "1000") ?? [];
        var takers = log.Select(static entry => (RedisResult[])entry!).Select(static entry => (Words: (string[])entry[3]!, Client: (string)entry[5]!)) // as SLOWLOG answers
            .Where(static entry => entry.Words[0] is "EVALSHA" && entry.Words[3].EndsWith("unacked", StringComparison.Ordinal) && entry.Words.Contains($"{entry.Words[3][..^"unacked".Length]}work")).ToList();
        takers.Should().HaveCountGreaterThanOrEqualTo(3).And.OnlyContain(static entry => entry.Client == "celerynet-wake", "whoever is woken and then asks has waited twice");
    }

    [SkippableFact]
    public async Task Push_WhileTheWaitingConnectionIsKilled_IsDeliveredOnce()
    {
        const int Count = 40;
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker, 4);
        var delivered = new List<Delivery>();

        for (var i = 0; i < Count; i++)
        {
            await Eventually.IsTrueAsync(redis.IsWatchedAsync);
            var waiting = await ClientAsync(redis, "wake");
            var publishing = PublishAsync(broker);
            var killing = i % 2 == 0 ? redis.ExecuteAsync("CLIENT", "KILL", "ID", waiting) : Task.CompletedTask;
            delivered.Add(await consumer.NextAsync());
            await consumer.SettleAsync(delivered[^1], Settlement.Acknowledge, CancellationToken.None);
            delivered[^1].Message.Id.Should().Be((await publishing).Id);
            await Task.WhenAny(killing); // the connection may have been replaced already
        }

        delivered.Should().OnlyHaveUniqueItems(delivery => delivery.Message.Id).And.OnlyContain(delivery => !delivery.IsRedelivered);
        await AssertNothingIsLeftAsync(redis);
    }

    [SkippableFact]
    public async Task Push_WhileTheConsumerBecomesIdle_KeepsTheOrder()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);

        for (var round = 1; round <= 300; round++)
        {
            // Fewer than it pushes, so that each take is followed by another: whoever takes, the next comes after it.
            var queue = new QueueDefinition($"work{round}");
            await using var consumer = await ConsumeAsync(broker, 1 + (round % 3), queue);
            var sent = new List<string?>();
            for (var i = 0; i < 4; i++) sent.Add((await PublishAsync(broker, queue: queue)).Id);

            var taken = new List<string?>();
            while (taken.Count < sent.Count) taken.Add((await consumer.TakeAsync()).Message.Id);

            taken.Should().Equal(sent, $"of round {round}");
        }
    }

    [SkippableFact]
    public async Task Stop_WhileSomethingIsPushed_LeavesItInItsQueue()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);

        for (var round = 1; round <= 20; round++)
        {
            await using var consumer = await ConsumeAsync(broker, 4);
            await Eventually.IsTrueAsync(redis.IsWatchedAsync);
            var publishing = PublishAsync(broker);
            await consumer.StopAsync(CancellationToken.None).AsTask().Within();
            await publishing;

            // The worker may still run tasks for long: what was pushed is for others by now.
            await Eventually.IsTrueAsync(async () => await redis.Database.ListLengthAsync($"{Prefix}work") == 1);
            (await redis.Database.HashLengthAsync($"{Prefix}unacked")).Should().Be(0);
            await redis.Database.KeyDeleteAsync($"{Prefix}work");
        }
    }

    [SkippableFact]
    public async Task Cancel_WhileSomethingIsPushed_LeavesItInItsQueue()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker, 4);

        for (var round = 1; round <= 20; round++)
        {
            await Eventually.IsTrueAsync(redis.IsWatchedAsync);
            var publishing = PublishAsync(broker);
            await ((ISelectiveConsumer)consumer).CancelQueueAsync("work", CancellationToken.None).AsTask().Within();
            await publishing;

            await Eventually.IsTrueAsync(async () => await redis.Database.ListLengthAsync($"{Prefix}work") == 1 && await redis.Database.HashLengthAsync($"{Prefix}unacked") == 0);
            consumer.Deliveries.TryRead(out _).Should().BeFalse("the queue was left");
            await redis.Database.KeyDeleteAsync($"{Prefix}work");
            await ((ISelectiveConsumer)consumer).AddQueueAsync(Queue, CancellationToken.None).AsTask().Within();
        }
    }

    [SkippableFact]
    public async Task SetPrefetch_ToLessThanTheWaitingTakeBrings_HoldsNoMore()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker, 8);
        await Eventually.IsTrueAsync(redis.IsWatchedAsync);

        await consumer.SetPrefetchAsync(2, CancellationToken.None);
        var messages = Enumerable.Range(0, 8).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue))).ToList();
        await broker.PublishManyAsync(messages, CancellationToken.None).Within();
        var held = await consumer.NextAsync(2);

        held.Select(delivery => delivery.Message.Id).Should().Equal(messages.Take(2).Select(sent => sent.Message.Id));
        await Eventually.IsTrueAsync(async () => await redis.Database.HashLengthAsync($"{Prefix}unacked") == 2);
        (await redis.Database.ListLengthAsync($"{Prefix}work")).Should().Be(6);
        consumer.Deliveries.TryRead(out _).Should().BeFalse();

        foreach (var delivery in held) await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
        foreach (var expected in messages.Skip(2))
        {
            var next = await consumer.NextAsync();
            next.Message.Id.Should().Be(expected.Message.Id, "what went back went to the head");
            next.IsRedelivered.Should().BeFalse("it was never handed out");
            await consumer.SettleAsync(next, Settlement.Acknowledge, CancellationToken.None);
        }

        await AssertNothingIsLeftAsync(redis);
    }

    [SkippableFact]
    public async Task Push_AfterTheServerForgotTheScripts_IsDelivered()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker);
        await Eventually.IsTrueAsync(redis.IsWatchedAsync);

        await redis.ExecuteAsync("SCRIPT", "FLUSH");

        for (var i = 0; i < 3; i++)
        {
            var sent = await PublishAsync(broker);
            (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
        }

        await AssertNothingIsLeftAsync(redis);
    }

    [SkippableFact]
    public async Task Take_ThatWaitsWhileTheHolderIsOpenedAnew_EndsNoLease()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker);
        await PublishAsync(broker);
        var held = await consumer.NextAsync();
        await Eventually.IsTrueAsync(redis.IsWatchedAsync);

        // A message of another priority is taken by the usual connection, which is lost with the answer, while the other one still waits.
        var pushing = redis.Database.ListLeftPushAsync($"{Prefix}work{TestRedis.Separator}3", NewEnvelope());
        var pausing = redis.ExecuteAsync("CLIENT", "PAUSE", "10000", "WRITE"); // right behind
        await Task.WhenAll(pushing, pausing);
        await Eventually.IsTrueAsync(async () => await IsTakingAsync(redis));
        await redis.ExecuteAsync("CLIENT", "KILL", "ID", await ClientAsync(redis, "fetch"));
        await redis.ExecuteAsync("CLIENT", "UNPAUSE");
        await consumer.TakeAsync();
        var sent = await PublishAsync(broker);
        (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);

        consumer.Status.Generation.Should().Be(1);
        consumer.IsCurrent(held).Should().BeTrue("its lease has not ended");
        await consumer.SettleAsync(held, Settlement.Acknowledge, CancellationToken.None);
        await AssertNothingIsLeftAsync(redis);
    }

    private async Task AssertNothingIsLeftAsync(TestRedis redis)
    {
        await Eventually.IsTrueAsync(async () => await redis.Database.HashLengthAsync($"{Prefix}unacked") == 0);
        (await redis.Database.ListLengthAsync($"{Prefix}work")).Should().Be(0);
    }

    /// <summary>The id of a connection of the broker, by what it is for.</summary>
    private static async Task<string> ClientAsync(TestRedis redis, string purpose)
    {
        var clients = (string?)await redis.ExecuteAsync("CLIENT", "LIST") ?? "";
        return ClientLine().Matches(clients).First(client => client.Groups["name"].Value.EndsWith(purpose, StringComparison.Ordinal)).Groups["id"].Value;
    }

    /// <summary>True when the usual connection has sent a script, which the server keeps waiting.</summary>
    private static async Task<bool> IsTakingAsync(TestRedis redis) =>
        ((string?)await redis.ExecuteAsync("CLIENT", "LIST"))!.Split('\n').Any(static client => client.Contains("name=celerynet-fetch", StringComparison.Ordinal) && client.Contains("flags=b", StringComparison.Ordinal));

    [GeneratedRegex(@"^id=(?<id>\d+) .* name=(?<name>\S*) ", RegexOptions.Multiline)]
    private static partial Regex ClientLine();
}
