using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Results.Memory;

namespace CeleryNet.Tests.Results;

/// <summary>The promises of every store that counts chords, kept in memory.</summary>
public sealed class MemoryChordStoreTests : ChordStoreContract
{
    protected override IResultBackend CreateBackend() => new MemoryResultBackend(TimeProvider.System);
}
