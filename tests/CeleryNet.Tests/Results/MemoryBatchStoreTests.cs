using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Results.Memory;

namespace CeleryNet.Tests.Results;

/// <summary>The promises of every store that counts batches, kept in memory.</summary>
public sealed class MemoryBatchStoreTests : BatchStoreContract
{
    protected override IResultBackend CreateBackend() => new MemoryResultBackend(TimeProvider.System);
}
