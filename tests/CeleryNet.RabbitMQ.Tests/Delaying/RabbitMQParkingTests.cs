using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Delaying;

public sealed class RabbitMQParkingTests : ParkingContract
{
    protected override IBroker CreateBroker() => TestBrokers.Create();

    protected override Task DeleteQueuesAsync(IReadOnlyList<string> names) => RawServer.DeleteAsync(names);
}
