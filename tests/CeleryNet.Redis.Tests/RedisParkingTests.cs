using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace CeleryNet.Redis.Tests;

/// <summary>Messages that wait in the store until they are due.</summary>
public sealed class RedisParkingTests(ITestOutputHelper output) : RedisTestBase
{
    private static readonly TimeSpan Far = TimeSpan.FromHours(2);

    [SkippableFact]
    public async Task Park_Message_StaysInUnackedUnderATagOfNobodyWithItsDueTime()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker, priority: 6);
        var held = await consumer.NextAsync();
        var before = (await Redis.UnackedAsync(sent.Id!)).Single();
        var due = new DateTimeOffset(2040, 5, 6, 7, 8, 9, 123, 456, TimeSpan.Zero);

        (await ParkAsync(consumer, held, due)).Should().BeTrue();

        var (tag, value) = (await Redis.UnackedAsync(sent.Id!)).Single();
        tag.Should().StartWith("celerynet:parked:").And.NotBe(before.Tag);
        value.Should().Be(before.Value, "the message is not touched");
        var seconds = (due - DateTimeOffset.UnixEpoch).TotalSeconds;
        (await ScoresAsync("unacked_index")).Should().Equal(new Dictionary<string, double> { [tag] = seconds }, "peers are not to restore it before");
        (await ScoresAsync("celerynet:parked")).Should().Equal(new Dictionary<string, double> { [tag] = seconds });
        (await Redis.ListAsync($"work{TestRedis.Separator}6")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task HandBack_QueueOfNoConsumer_GoesToTheHeadOfItsPriorityList()
    {
        var broker = NewBroker();
        var queue = new QueueDefinition("wörk \"other\" \\1:2:\n");
        await using (var consumer = await ConsumeAsync(broker, 10, queue))
        {
            var sent = await PublishAsync(broker, priority: 4, queue);
            (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1))).Should().BeTrue();
            await consumer.StopAsync(CancellationToken.None);
        }

        var waiting = await PublishAsync(broker, priority: 4, queue);
        await using var other = await ConsumeAsync(NewBroker(), 10, new QueueDefinition("else"));

        var list = $"{queue.Name}{TestRedis.Separator}3";
        await Eventually.IsTrueAsync(async () => (await Redis.ListAsync(list)).Length == 2);
        (await Redis.ListAsync(list))[0].Should().Contain(waiting.Id, "what is taken next is at the end");
        (await Redis.UnackedAsync("")).Should().BeEmpty();
        (await ScoresAsync("unacked_index")).Should().BeEmpty();
        (await ScoresAsync("celerynet:parked")).Should().BeEmpty();
        await using var last = await ConsumeAsync(NewBroker(), 10, queue);
        (await last.TakeAsync()).IsRedelivered.Should().BeFalse();
    }

    [SkippableFact]
    public async Task HandBack_WasRedelivered_StaysSo()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker);
        await PublishAsync(broker);
        await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Requeue, CancellationToken.None);
        var again = await consumer.NextAsync();

        (await ParkAsync(consumer, again, DateTimeOffset.UtcNow + TimeSpan.FromMilliseconds(300))).Should().BeTrue();

        (await consumer.TakeAsync()).IsRedelivered.Should().BeTrue();
    }

    // What became due while nobody was there: four consumers of other queues begin to hand it back at once.
    [SkippableFact]
    public async Task HandBack_BacklogAndManyConsumers_EachComesBackOnce()
    {
        const int Count = 1000;
        var broker = NewBroker();
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3);
        var order = Enumerable.Range(0, Count).ToArray();
        new Random(7).Shuffle(order);
        var ids = new string[Count];
        await using (var consumer = await ConsumeAsync(broker, Count))
        {
            await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue)))], CancellationToken.None).Within();
            var held = await consumer.NextAsync(Count);
            for (var i = 0; i < Count; i++) ids[order[i]] = held[i].Message.Id!;
            var parked = await Task.WhenAll(held.Select((delivery, i) => ParkAsync(consumer, delivery, due.AddMilliseconds(order[i] - Count))));
            parked.Should().OnlyContain(isParked => isParked);
            await consumer.StopAsync(CancellationToken.None);
        }

        await Eventually.IsTrueAsync(() => DateTimeOffset.UtcNow > due);
        var others = new List<IBrokerConsumer>();
        for (var i = 0; i < 4; i++) others.Add(await ConsumeAsync(NewBroker(), 1, new QueueDefinition($"else-{i}")));
        await Eventually.IsTrueAsync(async () => (await ScoresAsync("celerynet:parked")).Count == 0);
        foreach (var other in others) await other.DisposeAsync();
        await using var last = await ConsumeAsync(NewBroker(), Count);
        var back = await last.NextAsync(Count);

        back.Select(delivery => delivery.Message.Id).ToHashSet().SetEquals(ids).Should().BeTrue("each comes back exactly once");
        (await Redis.UnackedAsync("")).Should().HaveCount(Count, "they are held, and nothing else is there");
        foreach (var delivery in back) await last.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
    }

    [SkippableFact]
    public async Task HandBack_OneConsumer_KeepsTheOrderOverBatches()
    {
        const int Count = 450;
        var broker = NewBroker();
        var past = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1);
        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue)))], CancellationToken.None).Within();

        // Its clock stands still: it hands nothing back. All is there before it takes, since after a take of less it would gather by that clock.
        var frozen = await ConsumeAsync(NewBroker(time: new FakeTimeProvider(DateTimeOffset.UtcNow)), Count);
        var held = await frozen.NextAsync(Count);
        await frozen.StopAsync(CancellationToken.None);
        await Task.WhenAll(held.Select((delivery, i) => ParkAsync(frozen, delivery, past.AddMilliseconds(-i))));

        await using (await ConsumeAsync(NewBroker(), 1, new QueueDefinition("else"))) await Eventually.IsTrueAsync(async () => (await ScoresAsync("celerynet:parked")).Count == 0);
        await using var consumer = await ConsumeAsync(broker, Count);
        var back = await consumer.NextAsync(Count);

        back.Select(delivery => delivery.Message.Id).Should().Equal(held.Select(delivery => delivery.Message.Id).Reverse());
        foreach (var delivery in back) await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
    }

    [SkippableFact]
    public async Task HandBack_ManyTimes_AreMetWithinASecond()
    {
        const int Count = 1000;
        var broker = NewBroker();
        await using var parker = await ConsumeAsync(broker, Count);
        await using var taker = await ConsumeAsync(NewBroker(), Count);
        var start = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2);
        var dues = new Dictionary<string, DateTimeOffset>();
        await broker.PublishManyAsync(
            [.. Enumerable.Range(0, Count).Select(i =>
            {
                var message = TestMessages.New();
                dues[message.Id!] = start.AddMilliseconds(3 * i);
                return new OutgoingMessage(message, Route.To(Queue));
            })],
            CancellationToken.None).Within();

        // Both take, and park what is too early, as workers do.
        var late = new List<double>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopping = new CancellationTokenSource();
        var reading = Task.WhenAll(ReadAsync(parker), ReadAsync(taker));
        await done.Task.Within(TimeSpan.FromSeconds(30));
        await stopping.CancelAsync();
        await reading;

        late.Sort();
        output.WriteLine($"late by: median {late[Count / 2]:0} ms, 99th percentile {late[Count * 99 / 100]:0} ms, longest {late[^1]:0} ms; earliest {late[0]:0} ms");
        late[0].Should().BeGreaterThanOrEqualTo(0, "server and worker have one clock here");
        late[Count * 99 / 100].Should().BeLessThan(1000);

        async Task ReadAsync(IBrokerConsumer consumer)
        {
            try
            {
                await foreach (var delivery in consumer.Deliveries.ReadAllAsync(stopping.Token))
                {
                    var due = dues[delivery.Message.Id!];
                    var now = DateTimeOffset.UtcNow;
                    if (now < due)
                    {
                        _ = ParkAsync(consumer, delivery, due);
                        continue;
                    }

                    await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
                    lock (late)
                    {
                        late.Add((now - due).TotalMilliseconds);
                        if (late.Count == Count) done.SetResult();
                    }
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // all are there
            }
        }
    }

    [SkippableFact]
    public async Task Park_ManyAtOnce_TravelInBatchesAndCostNothingWhileTheyWait()
    {
        const int Count = 2000;
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker, Count);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        await broker.PublishManyAsync([.. Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(Queue)))], CancellationToken.None).Within();
        var held = await consumer.NextAsync(Count);
        var before = await CallsAsync("evalsha");

        var parked = await Task.WhenAll(held.Select(delivery => ParkAsync(consumer, delivery, DateTimeOffset.UtcNow + Far)));
        var calls = await CallsAsync("evalsha") - before;
        var (looks, clock) = (await CallsAsync("zrevrangebyscore"), Stopwatch.GetTimestamp());
        await Eventually.IsTrueAsync(async () => await CallsAsync("zrevrangebyscore") >= looks + 4);
        var took = Stopwatch.GetElapsedTime(clock);

        parked.Should().OnlyContain(isParked => isParked);
        calls.Should().BeLessThan(Count / 20);
        took.Should().BeGreaterThan(TimeSpan.FromSeconds(1), "four looks take most of two seconds");
        (await TextAsync("zrevrangebyscore")).Should().MatchRegex("usec_per_call=[0-9]{1,2}\\.", "a look does not depend on how many wait");

        async Task<long> CallsAsync(string command) => Regex.Match(await TextAsync(command), "calls=(\\d+)") is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

        async Task<string> TextAsync(string command) => Regex.Match((string?)await redis.ExecuteAsync("INFO", "commandstats") ?? "", $"cmdstat_{command}:.*").Value;
    }

    // A Python sweep has returned it: the entry is gone and the message is in its list again.
    [SkippableFact]
    public async Task HandBack_ReturnedByAPeerBefore_OnlyTidiesUp()
    {
        var broker = NewBroker();
        var frozen = await ConsumeAsync(NewBroker(time: new FakeTimeProvider(DateTimeOffset.UtcNow)), 1);
        var sent = await PublishAsync(broker);
        var held = await frozen.NextAsync();
        await frozen.StopAsync(CancellationToken.None);
        (await ParkAsync(frozen, held, DateTimeOffset.UtcNow)).Should().BeTrue();
        var (tag, value) = (await Redis.UnackedAsync(sent.Id!)).Single();
        await Redis.Database.HashDeleteAsync(Prefix + "unacked", tag);
        await Redis.Database.SortedSetRemoveAsync(Prefix + "unacked_index", tag);
        await Redis.Database.ListRightPushAsync(Prefix + "work", value[1..value.LastIndexOf(",\"\",", StringComparison.Ordinal)]);

        await using var consumer = await ConsumeAsync(broker);

        (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
        await Eventually.IsTrueAsync(async () => (await ScoresAsync("celerynet:parked")).Count == 0);
        var marker = await PublishAsync(broker);
        (await consumer.TakeAsync()).Message.Id.Should().Be(marker.Id, "it is not there twice");
    }

    // Should our own index be lost, the message still returns by its score, a visibility timeout after its time.
    [SkippableFact]
    public async Task Sweep_ParkedAndForgotten_ReturnsItAfterTheVisibilityTimeout()
    {
        Action<RedisOptions> quick = options => (options.LeaseDuration, options.VisibilityTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var broker = NewBroker(quick);
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1.5);
        (await ParkAsync(consumer, await consumer.NextAsync(), due)).Should().BeTrue();

        await Redis.Database.KeyDeleteAsync(Prefix + "celerynet:parked");
        var back = await consumer.TakeAsync();

        back.Message.Id.Should().Be(sent.Id);
        DateTimeOffset.UtcNow.Should().BeOnOrAfter(due + TimeSpan.FromSeconds(1));
        await Eventually.IsTrueAsync(async () => (await ScoresAsync("unacked_index")).Count == 0);
    }

    [SkippableFact]
    public async Task HandBack_ListIsNoList_OthersGoBackAllTheSame()
    {
        var log = new TestLog();
        var broker = Own(new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix }, new TestServices(log)));
        var broken = new QueueDefinition("broken");
        await using var consumer = await ConsumeAsync(broker, 10, Queue);
        await using (var first = await ConsumeAsync(broker, 10, broken))
        {
            await PublishAsync(broker, queue: broken);
            (await ParkAsync(first, await first.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(0.5))).Should().BeTrue();
        }

        await Redis.Database.StringSetAsync(Prefix + "broken", "a text");
        var sent = await PublishAsync(broker);
        (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(0.5))).Should().BeTrue();

        (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
        await Eventually.IsTrueAsync(() => log.ToString().Contains("WRONGTYPE", StringComparison.Ordinal));
        await Eventually.IsTrueAsync(async () => (await Redis.UnackedAsync("")).Count == 1); // the other one is kept
        await Redis.Database.KeyDeleteAsync(Prefix + "broken");
        await Eventually.IsTrueAsync(async () => (await Redis.ListAsync("broken")).Length == 1);
    }

    [SkippableFact]
    public async Task Park_ServerFull_ParksAndHandsBack()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var held = await consumer.NextAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);

        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        (await ParkAsync(consumer, held, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(0.5))).Should().BeTrue();
        var back = await consumer.TakeAsync();
        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        back.Message.Id.Should().Be(sent.Id);
    }

    [SkippableFact]
    public async Task Park_LeaseLost_IsRefused()
    {
        var broker = NewBroker(options => options.LeaseDuration = TimeSpan.FromMinutes(5));
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var held = await consumer.NextAsync();

        await Redis.Database.KeyDeleteAsync([Prefix + "celerynet:leases", Prefix + "celerynet:holders"]); // as a sweeper, or a restart without data
        var isParked = await ParkAsync(consumer, held, DateTimeOffset.UtcNow + Far);

        isParked.Should().BeFalse("the server does not know the holder, although its own clock says that it lives");
        (await Redis.UnackedAsync(sent.Id!)).Should().ContainSingle().Which.Tag.Should().NotStartWith("celerynet:parked:");
    }

    [SkippableFact]
    public async Task Park_SettledBefore_IsRefused()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker);
        await PublishAsync(broker);
        var settled = await consumer.TakeAsync();

        (await ParkAsync(consumer, settled, DateTimeOffset.UtcNow + Far)).Should().BeFalse();

        (await ScoresAsync("celerynet:parked")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Park_ServerAway_IsRefusedAndTheDeliveryIsStillTheCallers()
    {
        await using var server = await RedisServer.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always");
        var broker = NewBroker(options => options.CommandTimeout = TimeSpan.FromSeconds(1), url: server.Url);
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var held = await consumer.NextAsync();

        await server.KillAsync();
        await Eventually.IsTrueAsync(() => !consumer.Status.IsConnected);
        var isParked = await ParkAsync(consumer, held, DateTimeOffset.UtcNow + Far);
        var wasCurrent = consumer.IsCurrent(held);
        await server.StartAgainAsync();
        await consumer.SettleAsync(held, Settlement.Requeue, CancellationToken.None);

        isParked.Should().BeFalse();
        wasCurrent.Should().BeTrue();
        (await consumer.TakeAsync()).Message.Id.Should().Be(sent.Id);
    }

    // The server hangs with the command in its hands. Whether it carries it out is not known until it answers again, and then the caller is told the truth.
    [SkippableFact]
    public async Task Park_AnswerLost_IsKnownWhenTheServerAnswersAgain()
    {
        await using var server = await RedisServer.StartAsync();
        var log = new TestLog();
        var options = new RedisOptions { KeyPrefix = Prefix, CommandTimeout = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(1) };
        var broker = Own(new RedisBroker(ConnectionString.ParseAll(server.Url), options, new TestServices(log)));
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var held = await consumer.NextAsync();

        await server.FreezeAsync();
        var parking = ParkAsync(consumer, held, DateTimeOffset.UtcNow + Far);
        await Eventually.IsTrueAsync(() => log.ToString().Contains("Park failed", StringComparison.Ordinal));
        parking.IsCompleted.Should().BeFalse("it may have been parked, so neither answer is right");
        await server.ThawAsync();

        (await parking).Should().BeTrue();
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        (await redis.UnackedAsync(sent.Id!)).Should().ContainSingle().Which.Tag.Should().StartWith("celerynet:parked:");
    }

    [SkippableFact]
    public async Task Park_WorkerAndServerKilled_ComesBackOnceAtItsTime()
    {
        await using var server = await RedisServer.StartAsync(null, "--appendonly", "yes", "--appendfsync", "always");
        var silent = await ConsumeAsync(NewBroker(time: new FakeTimeProvider(DateTimeOffset.UtcNow), url: server.Url), 10); // stands still: as good as killed
        var broker = NewBroker(url: server.Url);
        var sent = await PublishAsync(broker);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3);
        (await ParkAsync(silent, await silent.NextAsync(), due)).Should().BeTrue();

        await server.KillAsync();
        await server.StartAgainAsync();
        await using var other = await ConsumeAsync(broker);
        var back = await other.TakeAsync();

        back.Message.Id.Should().Be(sent.Id);
        back.IsRedelivered.Should().BeFalse();
        DateTimeOffset.UtcNow.Should().BeOnOrAfter(due);
        var marker = await PublishAsync(broker);
        (await other.TakeAsync()).Message.Id.Should().Be(marker.Id);
    }

    private static Task<bool> ParkAsync(IBrokerConsumer consumer, Delivery delivery, DateTimeOffset due) =>
        ((IParkingConsumer)consumer).ParkAsync(delivery, due, CancellationToken.None).Within(TimeSpan.FromSeconds(25));

    private async Task<Dictionary<string, double>> ScoresAsync(string key) =>
        (await Redis.Database.SortedSetRangeByRankWithScoresAsync(Prefix + key)).ToDictionary(entry => entry.Element.ToString(), entry => entry.Score);
}
