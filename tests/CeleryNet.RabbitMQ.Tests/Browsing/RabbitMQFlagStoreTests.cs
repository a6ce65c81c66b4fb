using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Browsing;

public sealed class RabbitMQFlagStoreTests : FlagStoreContract
{
    protected override IBroker CreateBroker() => TestBrokers.Create();

    [SkippableFact]
    public async Task Set_Flag_IsADurableQueueOfItsName()
    {
        var name = NewName();
        await Open().SetAsync(name, TimeSpan.FromHours(1), CancellationToken.None).Within();
        await using var raw = await RawServer.ConnectAsync();

        var same = () => raw.Channel.QueueDeclareAsync($"celerynet.flag.{name}", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-expires"] = 3_600_000 });

        await same.Should().NotThrowAsync("a declaration that differs is refused");
    }

    [SkippableFact]
    public async Task IsSet_ConnectionLostBefore_ConnectsAnew()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        var name = NewName();
        Open(); // which clears it
        await broker.SetAsync(name, null, CancellationToken.None).Within();

        proxy.Cut();

        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                return await broker.IsSetAsync(name, CancellationToken.None).Within() ? true : throw new InvalidOperationException("The flag was lost with the connection.");
            }
            catch (BrokerUnavailableException)
            {
                return false; // asked before the client noticed
            }
        });
    }

    [SkippableFact]
    public async Task Anything_NobodyThere_SaysSo()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create(url);

        foreach (var call in new Func<Task>[]
        {
            () => broker.SetAsync("any", null, CancellationToken.None).Within(),
            () => broker.IsSetAsync("any", CancellationToken.None).Within(),
            () => broker.ClearAsync("any", CancellationToken.None).Within(),
        })
            (await call.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Contain($"{proxy.Port}").And.EndWith("[CN3001]");
    }
}
