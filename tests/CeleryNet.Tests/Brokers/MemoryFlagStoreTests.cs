using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;

namespace CeleryNet.Tests.Brokers;

[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The contract disposes it.")]
public sealed class MemoryFlagStoreTests : FlagStoreContract
{
    private readonly MemoryBroker _broker = new(TimeProvider.System); // the flags live in it

    protected override IBroker CreateBroker() => _broker;
}
