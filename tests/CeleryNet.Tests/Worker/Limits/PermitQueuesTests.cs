using CeleryNet.Brokers;
using CeleryNet.Worker.Limits;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker.Limits;

public sealed class PermitQueuesTests
{
    private static readonly Permit Slot = Permit.OfConcurrency("key", 1);
    private static readonly Permit Rate = Permit.OfRate("key", TimeSpan.FromSeconds(10));

    private readonly FakeTimeProvider _time = new();
    private readonly PermitQueues _queues;

    public PermitQueuesTests() => _queues = new PermitQueues(_time);

    [Fact]
    public void WaitOf_AKeyNobodyWasRefused_IsNow() => _queues.WaitOf([Slot, Rate], out _).Should().BeNull();

    [Fact]
    public void WaitOf_AfterARefusal_IsAQuestionEach50Milliseconds()
    {
        _queues.Refused(Slot, null).TotalMilliseconds.Should().Be(50);

        _queues.WaitOf([Slot], out var refused)!.Value.TotalMilliseconds.Should().Be(100, "the second waits behind the first");
        refused.Should().Be(Slot);
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _queues.WaitOf([Slot], out _).Should().BeNull();
    }

    [Fact]
    public void Refused_OfARate_WaitsUntilItsTime()
    {
        _queues.Refused(Rate, TimeSpan.FromSeconds(7)).TotalSeconds.Should().Be(7);

        _queues.WaitOf([Rate], out _)!.Value.TotalSeconds.Should().Be(17);
        _queues.WaitOf([Slot], out _).Should().BeNull("both kinds have keys of their own");
    }

    [Fact]
    public void Refused_OfManyKeys_AsksNoMoreThanOnceInFiveMillisecondsInAll()
    {
        for (var i = 0; i < 100; i++) _queues.Refused(Permit.OfConcurrency($"key {i}", 1), null);

        _queues.Refused(Slot, null).TotalMilliseconds.Should().BeInRange(500, 510);
    }

    [Fact]
    public void Next_WhenAPermitIsFree_AsksAtOnce()
    {
        _queues.Refused(Slot, null);

        _queues.Next("key").Should().BeNull("nobody stands in the queue");

        _queues.WaitOf([Slot], out _).Should().BeNull();
    }

    [Fact]
    public void Prune_WhenNobodyWaits_ForgetsTheKey()
    {
        for (var i = 0; i < 100; i++) _queues.Refused(Permit.OfConcurrency($"key {i}", 1), null);
        _time.Advance(TimeSpan.FromSeconds(2));

        _queues.Prune(static _ => false);

        _queues.Refused(Slot, null).TotalMilliseconds.Should().Be(50, "no other key is known");
    }
}
