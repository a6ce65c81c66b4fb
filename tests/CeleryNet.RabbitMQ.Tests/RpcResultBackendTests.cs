using CeleryNet.Contracts;
using CeleryNet.RabbitMQ.Results;
using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Tests;

public sealed class RpcResultBackendTests : ResultBackendContract
{
    private readonly List<RabbitMQBroker> _brokers = [];

    protected override bool KeepsDatesAndGroups => false;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var broker in _brokers) await broker.DisposeAsync();
    }

    protected override IResultBackend CreateBackend()
    {
        var broker = TestBrokers.Create();
        _brokers.Add(broker);
        return new RpcResultBackend(broker, new RpcResultOptions());
    }
}
