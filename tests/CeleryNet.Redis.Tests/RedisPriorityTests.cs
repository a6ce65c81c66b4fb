using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>With <see cref="RedisOptions.HigherPriorityIsSooner"/> numbers are turned round on the wire, and everybody on this side sees their own.</summary>
public sealed class RedisPriorityTests : RedisTestBase
{
    [SkippableFact]
    public async Task Publish_HigherIsSooner_GoesToTheListOfTheTurnedNumber()
    {
        var broker = Turned();
        foreach (byte priority in new byte[] { 0, 3, 9, 200 }) await PublishAsync(broker, priority);

        (await Redis.ListAsync("work")).Should().HaveCount(2, "9 and all above it are 0 on the wire").And.OnlyContain(envelope => envelope.Contains("\"priority\":0"));
        (await Redis.ListAsync($"work{TestRedis.Separator}6")).Should().ContainSingle().Which.Should().Contain("\"priority\":6");
        (await Redis.ListAsync($"work{TestRedis.Separator}9")).Should().ContainSingle().Which.Should().Contain("\"priority\":9");
    }

    [SkippableFact]
    public async Task Consume_HigherIsSooner_ComesInThatOrderUnderTheNumbersOfTheSenders()
    {
        var broker = Turned();
        foreach (byte priority in new byte[] { 3, 0, 9, 6 }) (await PublishAsync(broker, priority)).Priority.Should().Be(priority, "the message is its sender's");

        var seen = await broker.PeekAsync(Queue.Name, 10, CancellationToken.None).Within();
        var consumer = await ConsumeAsync(broker);
        var received = await consumer.NextAsync(4);

        seen.Select(delivery => delivery.Message.Priority).Should().Equal(9, 6, 3, 0);
        received.Select(delivery => delivery.Message.Priority).Should().Equal(9, 6, 3, 0);
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task Delivery_ThatWasRewrittenParkedOrReturned_KeepsItsNumber()
    {
        var broker = Turned();
        await PublishAsync(broker, 6);
        var consumer = await ConsumeAsync(broker);
        var first = await consumer.NextAsync();

        (await ((IRewritingConsumer)consumer).RewriteAsync(first, first.Message, CancellationToken.None).Within()).Should().BeTrue();
        await consumer.SettleAsync(first, Settlement.Requeue, CancellationToken.None).Within();
        var second = await consumer.NextAsync();
        (await ((IParkingConsumer)consumer).ParkAsync(second, DateTimeOffset.UtcNow.AddSeconds(1), CancellationToken.None).Within()).Should().BeTrue();
        var tags = await Redis.UnackedAsync("");
        var third = await consumer.NextAsync();

        tags.Should().ContainSingle().Which.Tag.Should().Contain(":3:", "6 is step 3 on the wire");
        new[] { first, second, third }.Select(delivery => delivery.Message.Priority).Should().OnlyContain(priority => priority == 6);
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task Delivery_OfAPythonSender_ShowsTheTurnedNumber()
    {
        var plain = NewBroker();
        await PublishAsync(plain, 0);

        var seen = await Turned().PeekAsync(Queue.Name, 1, CancellationToken.None).Within();

        seen.Single().Message.Priority.Should().Be(9, "Python's 0 is the most urgent on Redis");
    }

    [SkippableFact]
    public async Task Url_HigherPriorityIsSooner_IsReadOrRefused()
    {
        var broker = NewBroker(url: $"{TestServers.Redis}?higher_priority_is_sooner=true");
        await PublishAsync(broker, 0);
        var wrong = () => NewBroker(url: $"{TestServers.Redis}?higher_priority_is_sooner=yes");

        (await Redis.ListAsync($"work{TestRedis.Separator}9")).Should().ContainSingle();
        wrong.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().Contain("higher_priority_is_sooner").And.Contain("is 'yes' but must be true or false");
    }

    private RedisBroker Turned() => NewBroker(options => options.HigherPriorityIsSooner = true);
}
