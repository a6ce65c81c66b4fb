using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>Changing what the store keeps of a held message.</summary>
public sealed class RedisRewriteTests : RedisTestBase
{
    [SkippableFact]
    public async Task Rewrite_HeldMessage_IsSeenByWhoeverGetsItNext()
    {
        var broker = NewBroker();
        var queue = new QueueDefinition("all") { Exchange = "exchange", ExchangeType = "topic", RoutingKey = "a.#" };
        var consumer = await ConsumeAsync(broker, 10, queue);
        var message = TestMessages.Full();
        message.Priority = 5;
        await broker.PublishAsync(message, new Route("exchange", "a.b", queue), CancellationToken.None).Within();
        var held = await consumer.NextAsync();
        var before = (await Redis.UnackedAsync(message.Id!)).Single();
        var changed = held.Message.Copy();
        changed.CustomHeaders = new Dictionary<string, object?>(held.Message.CustomHeaders!) { ["celerynet.starts"] = 2L };

        var isRewritten = await RewriteAsync(consumer, held, changed);
        var after = (await Redis.UnackedAsync(message.Id!)).Single();
        await consumer.DisposeAsync(); // gives it back
        var list = await Redis.ListAsync($"all{TestRedis.Separator}3");
        await using var other = await ConsumeAsync(NewBroker(), 10, queue);
        var next = await other.TakeAsync();

        isRewritten.Should().BeTrue();
        after.Tag.Should().Be(before.Tag);
        after.Value[after.Value.LastIndexOf(",\"\",", StringComparison.Ordinal)..].Should().Be(before.Value[before.Value.LastIndexOf(",\"\",", StringComparison.Ordinal)..]);
        list.Should().ContainSingle("it is still of its priority");
        next.Exchange.Should().Be("exchange");
        next.RoutingKey.Should().Be("a.b");
        next.Message.CustomHeaders.Should().Contain("celerynet.starts", 2L);
        next.Message.Body.ToArray().Should().Equal(message.Body.ToArray());
        next.Message.Should().BeEquivalentTo(message, options => options.Excluding(sent => sent.Body).Excluding(sent => sent.CustomHeaders));
    }

    [SkippableFact]
    public async Task Rewrite_Redelivered_KeepsTheMark()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Requeue, CancellationToken.None);
        var held = await consumer.NextAsync();

        (await RewriteAsync(consumer, held, held.Message)).Should().BeTrue();

        var (_, value) = (await Redis.UnackedAsync(sent.Id!)).Single();
        using var entry = System.Text.Json.JsonDocument.Parse(value);
        entry.RootElement[0].GetProperty("headers").GetProperty("redelivered").GetBoolean().Should().BeTrue();
        entry.RootElement[0].GetProperty("properties").GetProperty("delivery_info").GetProperty("redelivered").GetBoolean().Should().BeTrue();
        value.Split("\"redelivered\"").Should().HaveCount(3, "each is there once");
    }

    [SkippableFact]
    public async Task Rewrite_ThenParked_IsHandedBackAsRewritten()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker);
        await PublishAsync(broker);
        var held = await consumer.NextAsync();
        var changed = held.Message.Copy();
        changed.CustomHeaders = new Dictionary<string, object?> { ["n"] = 1L };

        (await RewriteAsync(consumer, held, changed)).Should().BeTrue();
        (await ((IParkingConsumer)consumer).ParkAsync(held, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(0.5), CancellationToken.None)).Should().BeTrue();

        (await consumer.TakeAsync()).Message.CustomHeaders.Should().Contain("n", 1L);
    }

    [SkippableFact]
    public async Task Rewrite_NoLongerThere_ChangesNothing()
    {
        var broker = NewBroker(options => options.LeaseDuration = TimeSpan.FromMinutes(5));
        await using var consumer = await ConsumeAsync(broker);
        await PublishAsync(broker);
        await PublishAsync(broker);
        var gone = await consumer.NextAsync();
        var settled = await consumer.TakeAsync();

        await Redis.Database.KeyDeleteAsync(Prefix + "unacked"); // as a peer that restored it
        var ofGone = await RewriteAsync(consumer, gone, gone.Message);
        var ofSettled = await RewriteAsync(consumer, settled, settled.Message);

        ofGone.Should().BeFalse();
        ofSettled.Should().BeFalse();
        (await Redis.UnackedAsync("")).Should().BeEmpty("nothing is added");
    }

    [SkippableFact]
    public async Task Rewrite_LeaseLost_IsRefused()
    {
        var broker = NewBroker(options => options.LeaseDuration = TimeSpan.FromMinutes(5));
        await using var consumer = await ConsumeAsync(broker);
        var sent = await PublishAsync(broker);
        var held = await consumer.NextAsync();
        var before = await Redis.UnackedAsync(sent.Id!);
        var changed = held.Message.Copy();
        changed.Retries = 7;

        await Redis.Database.KeyDeleteAsync([Prefix + "celerynet:leases", Prefix + "celerynet:holders"]);
        var isRewritten = await RewriteAsync(consumer, held, changed);

        isRewritten.Should().BeFalse();
        (await Redis.UnackedAsync(sent.Id!)).Should().Equal(before);
    }

    private static Task<bool> RewriteAsync(IBrokerConsumer consumer, Delivery delivery, Messages.TaskMessage message) =>
        ((IRewritingConsumer)consumer).RewriteAsync(delivery, message, CancellationToken.None).Within();
}
