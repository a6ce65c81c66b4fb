using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;

namespace CeleryNet.Tests.Brokers;

public sealed class MemorySelectiveConsumerTests : SelectiveConsumerContract
{
    protected override IBroker CreateBroker() => new MemoryBroker(TimeProvider.System);
}
