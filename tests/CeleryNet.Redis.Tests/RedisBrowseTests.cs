using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Redis.Tests;

/// <summary>Looking into queues: priorities, and what a crash leaves.</summary>
public sealed class RedisBrowseTests : RedisTestBase
{
    [SkippableFact]
    public async Task Browse_SeveralPriorities_GoesByTheOrderOfDelivery()
    {
        var broker = NewBroker();
        var sent = new List<string?>();
        foreach (var priority in new byte[] { 9, 0, 6, 0, 3 }) sent.Add((await PublishAsync(broker, priority)).Id);
        string?[] order = [sent[1], sent[3], sent[4], sent[2], sent[0]];

        var count = await broker.CountAsync("work", CancellationToken.None);
        var some = await broker.PeekAsync("work", 3, CancellationToken.None);
        var all = await broker.PeekAsync("work", 100, CancellationToken.None);
        var seen = new List<string?>();
        await broker.TakeAsync("work", 100, (delivery, _) => Seen(delivery, Settlement.Requeue), CancellationToken.None).Within();
        var after = await broker.PeekAsync("work", 100, CancellationToken.None);

        count.Should().Be(5);
        some.Select(delivery => delivery.Message.Id).Should().Equal(order[..3]);
        all.Select(delivery => delivery.Message.Id).Should().Equal(order);
        seen.Should().Equal(order);
        after.Select(delivery => delivery.Message.Id).Should().Equal(order, "each is in its place again");
        after.Should().OnlyContain(delivery => !delivery.IsRedelivered, "nobody has run them");
        (await broker.PurgeAsync("work", CancellationToken.None)).Should().Be(5);
        (await broker.PeekAsync("work", 1, CancellationToken.None)).Should().BeEmpty();

        ValueTask<Settlement> Seen(Delivery delivery, Settlement settlement)
        {
            seen.Add(delivery.Message.Id);
            return new ValueTask<Settlement>(settlement);
        }
    }

    // The visitor's clock stands still, so it never renews: to everybody else it has died with a message in its hands.
    [SkippableFact]
    public async Task Take_VisitorDies_MessagesComeBack()
    {
        var visitor = NewBroker(options => options.LeaseDuration = TimeSpan.FromSeconds(1), new FakeTimeProvider());
        var broker = NewBroker(options => options.LeaseDuration = TimeSpan.FromSeconds(1));
        string?[] sent = [(await PublishAsync(broker)).Id, (await PublishAsync(broker)).Id];
        var isStuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var visit = visitor.TakeAsync("work", 2, HandleAsync, CancellationToken.None).AsTask();
        await isStuck.Task.Within();

        await using var consumer = await ConsumeAsync(broker);
        var back = await consumer.NextAsync(2);
        goOn.SetResult();
        var end = async () => await visit.Within();

        back.Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent);
        (await end.Should().ThrowAsync<BrokerUnavailableException>()).WithMessage("*lease of the visit was lost*");
        (await Redis.UnackedAsync("")).Should().HaveCount(2, "the consumer holds them, once");

        async ValueTask<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            if (++calls == 1) return Settlement.Requeue;
            isStuck.SetResult();
            await goOn.Task;
            return Settlement.Acknowledge;
        }
    }

    [SkippableFact]
    public async Task Take_HandlerSlowerThanTheLease_KeepsItsMessage()
    {
        Action<RedisOptions> quick = options => (options.LeaseDuration, options.VisibilityTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var broker = NewBroker(quick);
        await PublishAsync(broker);
        await using var other = await ConsumeAsync(NewBroker(quick), 10, new QueueDefinition("else")); // it sweeps
        var renewals = 0;

        var taken = await broker.TakeAsync("work", 1, HandleAsync, CancellationToken.None).Within(TimeSpan.FromSeconds(20));

        taken.Should().Be(1);
        (await Redis.UnackedAsync("")).Should().BeEmpty();
        (await Redis.ListAsync("work")).Should().BeEmpty();

        // So many new scores are three leases and visibility timeouts.
        async ValueTask<Settlement> HandleAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            for (var last = 0.0; renewals < 12;)
            {
                var score = (await Redis.Database.SortedSetRangeByRankWithScoresAsync(Prefix + "unacked_index")).Single().Score;
                if (score > last) renewals++;
                last = score;
            }

            return Settlement.Acknowledge;
        }
    }

    [SkippableFact]
    public async Task Count_ServerAway_SaysSo()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url, publishTimeout: TimeSpan.FromSeconds(1));
        await server.KillAsync();

        var count = async () => await broker.CountAsync("work", CancellationToken.None);

        await count.Should().ThrowAsync<BrokerUnavailableException>();
    }
}
