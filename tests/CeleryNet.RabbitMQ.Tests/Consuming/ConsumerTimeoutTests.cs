using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Consuming;

/// <summary>The server ends the channel of a consumer that does not settle in time. On a server of its own, since the time is a setting of the whole server.</summary>
public sealed class ConsumerTimeoutTests
{
    [SkippableFact]
    public async Task Consume_DeliveryNotSettledInTime_SaysSoOnceAndConsumesAgain()
    {
        await using var server = await OwnServer.StartAsync();
        await server.ControlAsync("eval", "application:set_env(rabbit,consumer_timeout,5000), application:set_env(rabbit,channel_tick_interval,1000).");
        var log = new CollectedLog();
        var queue = new QueueDefinition("slow");
        await using var broker = TestBrokers.Create(server.Url, loggers: log);
        var settings = new ConsumerSettings { Queues = [queue], Prefetch = 4, NodeName = "celery@tests" };
        await using var consumer = await broker.ConsumeAsync(settings, CancellationToken.None).Within();
        var slow = await PublishAsync(broker, queue);
        var late = await consumer.NextAsync(); // and nobody settles it

        await Eventually.IsTrueAsync(() => consumer.Status.Generation == 2, TimeSpan.FromSeconds(20));
        var lost = Stopwatch.GetTimestamp();
        var again = await consumer.NextAsync();
        var other = await PublishAsync(broker, queue);
        var next = await consumer.TakeAsync();
        var recovered = Stopwatch.GetElapsedTime(lost);
        await consumer.SettleAsync(late, Settlement.Acknowledge, CancellationToken.None).Within(); // the task ended after all
        await consumer.SettleAsync(again, Settlement.Acknowledge, CancellationToken.None).Within();

        again.Message.Id.Should().Be(slow);
        again.IsRedelivered.Should().BeTrue();
        next.Message.Id.Should().Be(other);
        recovered.Should().BeLessThan(TimeSpan.FromSeconds(5));
        consumer.Status.StaleSettlements.Should().Be(1, "the late settlement must not reach the new channel");
        consumer.Status.Generation.Should().Be(2, "one reconnect is enough");
        log.Lines.Where(line => line.StartsWith("Warning") || line.StartsWith("Error")).Should().ContainSingle()
            .Which.Should().Contain("3017").And.Contain("slow").And.Contain("consumer_timeout").And.Contain("5000 ms").And.Contain("[CN3007]");
    }

    [Fact]
    public void LongestUnsettled_IsWhatTheOptionSays()
    {
        var url = "amqp://guest:guest@localhost/";

        TestBrokers.Create(url).LongestUnsettled.Should().Be(TimeSpan.FromMinutes(30), "which is the server's default");
        TestBrokers.Create(url, options => options.ConsumerTimeout = null).LongestUnsettled.Should().BeNull();
    }

    private static async Task<string> PublishAsync(RabbitMQBroker broker, QueueDefinition queue)
    {
        var message = TestMessages.New();
        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();
        return message.Id!;
    }
}
