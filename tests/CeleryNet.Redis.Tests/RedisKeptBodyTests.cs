using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Tests;

/// <summary>A body over the limit stays in Redis: whoever takes the message gets everything else, and moves it on as a whole.</summary>
public sealed class RedisKeptBodyTests : RedisTestBase
{
    private const int Limit = 1024;

    private static readonly byte[] Large = [.. "[[\""u8, .. Enumerable.Repeat((byte)'x', 2000), .. "\"], {}, {}]"u8];

    [SkippableTheory]
    [InlineData(": ")] // Python's json
    [InlineData(":")]
    public async Task Take_BodyOverTheLimit_IsWithoutIt(string colon)
    {
        await using var consumer = await ConsumeAsync(NewKeeper());
        await PushAsync(Kombu(Convert.ToBase64String(Large)).Replace(": ", colon, StringComparison.Ordinal));

        var delivery = await consumer.NextAsync();

        delivery.KeptBodyBytes.Should().BeInRange(Large.Length, Large.Length + 2);
        delivery.Message.Body.IsEmpty.Should().BeTrue();
        delivery.Message.Id.Should().Be("id-1");
        delivery.Message.ReplyTo.Should().Be("reply");
        delivery.Message.Problem.Should().MatchRegex($"^the body has {delivery.KeptBodyBytes} bytes, more than the limit of {Limit} \\(MaxBodyBytes\\)$");
        (await Redis.UnackedAsync(Convert.ToBase64String(Large))).Should().ContainSingle("it is kept whole");
    }

    [SkippableFact]
    public async Task Take_OtherShapes_AreWhole()
    {
        await using var consumer = await ConsumeAsync(NewKeeper());
        var text = new string('y', 2 * Limit);
        string[] envelopes =
        [
            Kombu(Convert.ToBase64String(new byte[Limit])), // at the limit
            Kombu("[[], {}, {}]".Replace("\"", "\\\"", StringComparison.Ordinal) + text).Replace("base64", "plain", StringComparison.Ordinal),
            $$$"""{"headers": {"task": "t", "id": "id-1"}, "body": "{{{Convert.ToBase64String(Large)}}}", "properties": {"body_encoding": "base64"}}""",
            "{\"body\": \"" + text, // no JSON
        ];

        foreach (var envelope in envelopes)
        {
            await PushAsync(envelope);
            var delivery = await consumer.NextAsync();
            delivery.KeptBodyBytes.Should().Be(0);
            delivery.Message.Body.Length.Should().BeGreaterThanOrEqualTo(Limit);
        }
    }

    [SkippableFact]
    public async Task Take_AmongOthers_EachIsItself()
    {
        for (var i = 0; i < 9; i++) await PushAsync(Kombu(Convert.ToBase64String(i % 2 == 0 ? TestMessages.EmptyBody : Large)).Replace("id-1", $"id-{i}", StringComparison.Ordinal));
        await using var consumer = await ConsumeAsync(NewKeeper());

        for (var i = 0; i < 9; i++)
        {
            var delivery = await consumer.NextAsync();
            delivery.Message.Id.Should().Be($"id-{i}");
            (delivery.KeptBodyBytes > 0).Should().Be(i % 2 != 0);
            delivery.Message.Body.Length.Should().Be(i % 2 == 0 ? TestMessages.EmptyBody.Length : 0);
        }
    }

    [SkippableFact]
    public async Task PublishKept_PutsTheBodyIntoTheOtherQueue()
    {
        var broker = NewKeeper();
        await using var consumer = await ConsumeAsync(broker);
        var dead = Queue.DeadLetters(2);
        for (var i = 0; i < 3; i++) await PushAsync(Kombu(Convert.ToBase64String(Large)).Replace("id-1", $"id-{i}", StringComparison.Ordinal));

        for (var i = 0; i < 3; i++)
        {
            var delivery = await consumer.NextAsync();
            var letter = delivery.Message.CopyWithSameBody();
            letter.SetHeader("reason", $"{i}");
            await broker.PublishKeptAsync(delivery, letter, Route.To(dead), CancellationToken.None).Within();
            await broker.PublishKeptAsync(delivery, letter, Route.To(dead), CancellationToken.None).Within(); // as after a lost answer
            await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None);
        }

        (await Redis.UnackedAsync("id-")).Should().BeEmpty();
        var letters = (await Redis.ListAsync(dead.Name)).Select(letter => Envelope.Read(Encoding.UTF8.GetBytes(letter), new WireOptions()).Message).ToList();
        letters.Select(letter => letter.Id).Should().Equal("id-2", "id-1"); // two at most, the youngest first
        letters.Should().AllSatisfy(letter =>
        {
            letter.Problem.Should().BeNull();
            letter.Body.ToArray().Should().Equal(Large);
            letter.CustomHeaders.Should().ContainKey("reason");
        });
    }

    [SkippableFact]
    public async Task GivenBack_IsWhole()
    {
        var broker = NewKeeper();
        await using (var consumer = await ConsumeAsync(broker))
        {
            await PushAsync(Kombu(Convert.ToBase64String(Large)));
            var delivery = await consumer.NextAsync();
            (await ((IRewritingConsumer)consumer).RewriteAsync(delivery, delivery.Message, CancellationToken.None)).Should().BeFalse("the body would be lost");
            await consumer.SettleAsync(delivery, Settlement.Requeue, CancellationToken.None);
        }

        (await Redis.ListAsync(Queue.Name)).Should().ContainSingle().Which.Should().Contain(Convert.ToBase64String(Large));
    }

    private RedisBroker NewKeeper() => Own(new RedisBroker(
        ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = Prefix }, new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(5) }, new WireOptions { MaxBodyBytes = Limit })));

    private async Task<IBrokerConsumer> ConsumeAsync(RedisBroker broker) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 10, MayKeepBodies = true, NodeName = "celery@tests" }, CancellationToken.None).Within();

    private async Task PushAsync(string envelope) => await Redis.Database.ListLeftPushAsync(Prefix + Queue.Name, envelope);

    private static string Kombu(string body) => $$$"""
        {"body": "{{{body}}}", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "t", "id": "id-1"}, "properties": {"correlation_id": "id-1", "reply_to": "reply", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "work"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "tag"}}
        """;
}
