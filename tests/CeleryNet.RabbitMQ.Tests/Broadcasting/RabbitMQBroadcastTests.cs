using System.Text;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Broadcasting;

public sealed class RabbitMQBroadcastTests : BroadcastContract
{
    protected override IBroker CreateBroker() => TestBrokers.Create();

    protected override async Task DeleteExchangesAsync(IReadOnlyList<string> names)
    {
        await using var server = await RawServer.ConnectAsync();
        foreach (var name in names) await server.Channel.ExchangeDeleteAsync(name);
    }

    [SkippableFact]
    public async Task Listen_TwiceByOneBrokerAndName_EachGetsEverything()
    {
        await using var broker = TestBrokers.Create();
        var received = Channel.CreateUnbounded<string>();
        var queue = new BroadcastQueue($"tests-{Guid.NewGuid():N}", Fanout);
        await using var first = await broker.ListenAsync(queue, Note("first", received), CancellationToken.None).Within();
        await using var second = await broker.ListenAsync(queue, Note("second", received), CancellationToken.None).Within();

        await SendAsync(broker);

        (await received.Reader.NextAsync(2)).Should().BeEquivalentTo("first", "second");
    }

    [SkippableFact]
    public async Task Listen_ConnectionCut_HearsAgain()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await using var sender = TestBrokers.Create();
        var received = Channel.CreateUnbounded<string>();
        await using var listening = await broker.ListenAsync(new BroadcastQueue($"tests-{Guid.NewGuid():N}", Fanout), Note("heard", received), CancellationToken.None).Within();

        proxy.Cut();
        var accepted = proxy.Accepted;
        await Eventually.IsTrueAsync(() => proxy.Accepted > accepted);
        await Eventually.IsTrueAsync(async () =>
        {
            await SendAsync(sender); // those sent before it listens again are missed
            return received.Reader.TryRead(out var __);
        });
    }

    [SkippableFact]
    public async Task Broadcast_ExchangeOfAnotherKind_SaysWhichAndDoesNotStopPublishing()
    {
        await using var server = await RawServer.ConnectAsync();
        await server.Channel.ExchangeDeclareAsync(Fanout.Name, "fanout", durable: true, autoDelete: false);
        await using var broker = TestBrokers.Create();

        var broadcast = () => SendAsync(broker);
        var listen = async () => await broker.ListenAsync(new BroadcastQueue("tests-never", Fanout), (_, _) => default, CancellationToken.None).Within();

        (await broadcast.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message.Should().Contain(Fanout.Name).And.Contain("'durable'").And.EndWith("[CN3002]");
        (await listen.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message.Should().Contain(Fanout.Name);
        await broker.PingAsync(CancellationToken.None).Within();
        await server.Channel.ExchangeDeleteAsync(Fanout.Name);
    }

    private static Func<Broadcast, CancellationToken, ValueTask> Note(string who, Channel<string> received) => (_, _) =>
    {
        received.Writer.TryWrite(who);
        return default;
    };

    private async Task SendAsync(RabbitMQBroker broker) =>
        await broker.BroadcastAsync(new Broadcast { Exchange = Fanout, Body = Encoding.UTF8.GetBytes("{}") }, CancellationToken.None).Within();
}
