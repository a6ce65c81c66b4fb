using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Brokers;

/// <summary>What is promised of permits, kept by the embedded broker.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The contract disposes the stores it opens.")]
public sealed class MemoryPermitTests : PermitStoreContract
{
    private readonly FakeTimeProvider _time = new();
    private MemoryBroker? _broker;

    protected override IPermitStore CreateStore() => _broker ??= new MemoryBroker(_time);

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => _time.PassAsync(time, reached);
}

/// <summary>What is promised of unique keys, kept by the embedded broker.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The contract disposes the stores it opens.")]
public sealed class MemoryUniqueKeyTests : UniqueKeyStoreContract
{
    private readonly FakeTimeProvider _time = new();
    private MemoryBroker? _broker;

    protected override IUniqueKeyStore CreateStore() => _broker ??= new MemoryBroker(_time);

    protected override Task PassAsync(TimeSpan time, Func<Task<bool>>? reached) => _time.PassAsync(time, reached);
}

internal static class FakeTime
{
    internal static async Task PassAsync(this FakeTimeProvider time, TimeSpan span, Func<Task<bool>>? reached)
    {
        time.Advance(span);
        if (reached is not null) (await reached()).Should().BeTrue();
    }
}
