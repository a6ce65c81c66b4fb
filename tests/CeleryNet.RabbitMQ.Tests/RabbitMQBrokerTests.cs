using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

public sealed class RabbitMQBrokerTests : BrokerContract
{
    // RabbitMQ.Client reads an empty array as null.
    protected override bool KeepsEmptyCollectionsInHeaders => false;

    protected override IBroker CreateBroker() => TestBrokers.Create();

    protected override Task DeleteQueuesAsync(IReadOnlyList<string> names) => RawServer.DeleteAsync(names);
}
