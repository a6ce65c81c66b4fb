using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Brokers;

/// <summary>What is promised of leading, within the process.</summary>
public sealed class MemoryLeaderLeaseTests : LeaderLeaseContract
{
    private IBroker? _broker; // one for all, as it is within a process

    protected override IBroker CreateBroker() => _broker ??= new MemoryBroker(TimeProvider.System);

    [Fact]
    public async Task Term_NotRenewed_EndsAndIsFenced()
    {
        var time = new FakeTimeProvider();
        await using var broker = new MemoryBroker(time);
        var old = await LeadAsync(broker, TimeSpan.FromSeconds(15));
        time.Advance(TimeSpan.FromSeconds(10));
        var isRenewed = await RenewAsync(broker, old);
        time.Advance(TimeSpan.FromSeconds(14));
        var early = await AcquireAsync(broker);
        time.Advance(TimeSpan.FromSeconds(1));

        var next = await AcquireAsync(broker);

        (isRenewed, early is null).Should().Be((true, true));
        next!.Token.Should().BeGreaterThan(old.Token);
        (await PublishAsync(broker, old, TestMessages.New(), DateTimeOffset.UnixEpoch)).Should().Be(FencedOutcome.NotLeading);
    }
}
