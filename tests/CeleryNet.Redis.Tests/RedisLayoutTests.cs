using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Redis.Tests;

/// <summary>The keys and values are those of kombu.</summary>
public sealed class RedisLayoutTests : RedisTestBase
{
    [SkippableTheory]
    [InlineData(0, "work")]
    [InlineData(2, "work")]
    [InlineData(3, "work\u0006\u00163")]
    [InlineData(5, "work\u0006\u00163")]
    [InlineData(6, "work\u0006\u00166")]
    [InlineData(9, "work\u0006\u00169")]
    [InlineData(200, "work\u0006\u00169")]
    public async Task Publish_Priority_ChoosesTheListOfItsStep(byte priority, string key)
    {
        var broker = NewBroker();

        await PublishAsync(broker, priority);

        (await Redis.ListAsync(key)).Should().ContainSingle();
    }

    // The envelope and the binding as captured from Celery 5.2.6 (case add-plain), ids aside.
    [SkippableFact]
    public async Task Publish_PlainTask_IsTheEnvelopeOfCelery()
    {
        var broker = NewBroker();
        var message = new TaskMessage
        {
            TaskName = "tasks.add",
            Id = "c4e72d04-3480-4c21-9af9-2db4cd573bdb",
            RootId = "c4e72d04-3480-4c21-9af9-2db4cd573bdb",
            CorrelationId = "c4e72d04-3480-4c21-9af9-2db4cd573bdb",
            ReplyTo = "40193880-f13c-3cf0-bb25-c286b4dd8766",
            ArgsRepr = "(2, 3)",
            KwargsRepr = "{}",
            Body = "[[2, 3], {}, {\"callbacks\": null, \"errbacks\": null, \"chain\": null, \"chord\": null}]"u8.ToArray(),
        };

        await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None).Within();

        using var envelope = JsonDocument.Parse((await Redis.ListAsync("work")).Single());
        var root = envelope.RootElement;
        root.EnumerateObject().Select(field => field.Name).Should().BeEquivalentTo("body", "content-encoding", "content-type", "headers", "properties");
        root.GetProperty("body").GetString().Should().Be("W1syLCAzXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d");
        root.GetProperty("content-encoding").GetString().Should().Be("utf-8");
        root.GetProperty("content-type").GetString().Should().Be("application/json");
        root.GetProperty("headers").GetProperty("task").GetString().Should().Be("tasks.add");
        var properties = root.GetProperty("properties");
        properties.EnumerateObject().Select(field => field.Name)
            .Should().BeEquivalentTo("correlation_id", "reply_to", "delivery_mode", "delivery_info", "priority", "body_encoding", "delivery_tag");
        properties.GetProperty("delivery_mode").GetInt32().Should().Be(2);
        properties.GetProperty("priority").GetInt32().Should().Be(0);
        properties.GetProperty("body_encoding").GetString().Should().Be("base64");
        properties.GetProperty("delivery_info").GetRawText().Should().Be("{\"exchange\":\"\",\"routing_key\":\"work\"}");
        Guid.TryParseExact(properties.GetProperty("delivery_tag").GetString(), "D", out _).Should().BeTrue();
        (await Redis.SetAsync("_kombu.binding.work")).Should().Equal("work\u0006\u0016\u0006\u0016work");
    }

    [SkippableFact]
    public async Task Declare_TopicQueue_WritesThePatternOfKombu()
    {
        var broker = NewBroker();

        await broker.DeclareAsync(new QueueDefinition("q") { Exchange = "shop", ExchangeType = "topic", RoutingKey = "a_b.*.#" }, CancellationToken.None).Within();

        // kombu.transport.virtual.exchange.TopicExchange().key_to_pattern('a_b.*.#')
        (await Redis.SetAsync("_kombu.binding.shop")).Should().Equal("a_b.*.#\u0006\u0016^a\\_b\\..*?[^\\.]\\..*?$\u0006\u0016q");
    }

    [SkippableFact]
    public async Task Take_Message_IsRegisteredAsKombuDoesWithAHolderInItsTag()
    {
        var broker = NewBroker();
        await using var consumer = await ConsumeAsync(broker, 1);
        await PublishAsync(broker);
        await consumer.NextAsync();

        var (tag, value) = (await Redis.UnackedAsync("")).Single();
        var score = await Redis.Database.SortedSetScoreAsync(Prefix + "unacked_index", tag);
        using var entry = JsonDocument.Parse(value);
        var holders = await Redis.Database.HashKeysAsync(Prefix + "celerynet:holders");

        entry.RootElement.GetArrayLength().Should().Be(3);
        entry.RootElement[0].ValueKind.Should().Be(JsonValueKind.Object);
        entry.RootElement[1].GetString().Should().BeEmpty();
        entry.RootElement[2].GetString().Should().Be("work");
        tag.Should().StartWith($"celerynet:{holders.Single()}:");
        score.Should().BeApproximately(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 10);
        (await Redis.ListAsync("work")).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Settle_Acknowledge_LeavesNoTrace()
    {
        var broker = NewBroker();
        var consumer = await ConsumeAsync(broker, 1);
        await PublishAsync(broker);

        await consumer.TakeAsync();
        await consumer.DisposeAsync();

        (await Redis.UnackedAsync("")).Should().BeEmpty();
        (await Redis.Database.KeyExistsAsync(Prefix + "unacked_index")).Should().BeFalse();
        (await Redis.Database.KeyExistsAsync(Prefix + "celerynet:leases")).Should().BeFalse();
        (await Redis.Database.KeyExistsAsync(Prefix + "celerynet:holders")).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Settle_Requeue_GoesToTheTailOfItsStepWithBothMarks()
    {
        var broker = NewBroker();
        var consumer = await ConsumeAsync(broker, 1);
        await PublishAsync(broker, priority: 6);
        var taken = await consumer.NextAsync();
        await consumer.StopAsync(CancellationToken.None);
        await PublishAsync(broker, priority: 6);

        await consumer.SettleAsync(taken, Settlement.Requeue, CancellationToken.None);
        await consumer.DisposeAsync();

        var list = await Redis.ListAsync("work\u0006\u00166");
        list.Should().HaveCount(2);
        using var requeued = JsonDocument.Parse(list[0]); // taken from the right, so this one is last
        requeued.RootElement.GetProperty("headers").GetProperty("id").GetString().Should().Be(taken.Message.Id);
        requeued.RootElement.GetProperty("headers").GetProperty("redelivered").GetBoolean().Should().BeTrue();
        requeued.RootElement.GetProperty("properties").GetProperty("delivery_info").GetProperty("redelivered").GetBoolean().Should().BeTrue();
    }

    [SkippableFact]
    public async Task Dispose_HeldMessages_GoToTheHeadOfTheirStepInTheirOrder()
    {
        var broker = NewBroker();
        var consumer = await ConsumeAsync(broker, 2);
        var first = await PublishAsync(broker, priority: 3);
        var second = await PublishAsync(broker, priority: 3);
        await consumer.NextAsync(2);
        var later = await PublishAsync(broker, priority: 3);

        await consumer.DisposeAsync();

        var ids = (await Redis.ListAsync("work\u0006\u00163")).Reverse().Select(text =>
        {
            using var envelope = JsonDocument.Parse(text);
            return envelope.RootElement.GetProperty("headers").GetProperty("id").GetString();
        });
        ids.Should().Equal(first.Id, second.Id, later.Id);
    }

    [SkippableFact]
    public async Task Take_SeveralSteps_MostUrgentFirst()
    {
        var broker = NewBroker();
        foreach (byte priority in new byte[] { 9, 3, 0, 6 }) await PublishAsync(broker, priority);

        await using var consumer = await ConsumeAsync(broker, 4);
        var received = await consumer.NextAsync(4);

        received.Select(delivery => delivery.Message.Priority).Should().Equal(0, 3, 6, 9);
    }

    [SkippableFact]
    public async Task Take_TwoFullQueues_TakesFromThemInTurn()
    {
        var (one, two) = (new QueueDefinition("one"), new QueueDefinition("two"));
        var broker = NewBroker(options => options.MaxBatch = 1);
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync(broker, queue: one);
            await PublishAsync(broker, queue: two);
        }

        await using var consumer = await ConsumeAsync(broker, 1, one, two);
        var queues = new List<string>();
        for (var i = 0; i < 6; i++) queues.Add((await consumer.TakeAsync()).Queue);

        queues.Should().Equal("one", "two", "one", "two", "one", "two");
    }

    [SkippableFact]
    public async Task Take_ElementThatIsNoJson_IsDeliveredWithItsProblemAndCanBeRequeued()
    {
        var broker = NewBroker();
        await Redis.Database.ListLeftPushAsync(Prefix + "work", "no \"JSON\" at all");
        var consumer = await ConsumeAsync(broker, 1);

        var bad = await consumer.NextAsync();
        await consumer.DisposeAsync();

        bad.Message.Problem.Should().NotBeNull();
        (await Redis.ListAsync("work")).Should().Equal("no \"JSON\" at all");
    }
}
