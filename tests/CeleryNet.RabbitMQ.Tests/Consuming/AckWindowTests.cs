using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Consuming;

namespace CeleryNet.RabbitMQ.Tests.Consuming;

public sealed class AckWindowTests
{
    [Fact]
    public void Collect_ContiguousFinished_IsOneMultipleFrame()
    {
        var window = new AckWindow();
        var entries = Deliver(window, 5);
        foreach (var entry in entries.Take(3)) window.Settle(entry, Settlement.Acknowledge);

        var frames = Collect(window);

        frames.Should().Equal(new SettlementFrame(3, true, Settlement.Acknowledge));
    }

    [Fact]
    public void Collect_FinishedBehindAGap_GoesAloneAtTheSecondFlush()
    {
        var window = new AckWindow();
        var entries = Deliver(window, 3);
        window.Settle(entries[1], Settlement.Acknowledge);
        window.Settle(entries[2], Settlement.Acknowledge);

        var first = Collect(window);
        var second = Collect(window);

        first.Should().BeEmpty();
        second.Should().Equal(new SettlementFrame(2, false, Settlement.Acknowledge), new SettlementFrame(3, false, Settlement.Acknowledge));
    }

    [Fact]
    public void Collect_GapClosedMeanwhile_IsOneFrameForAll()
    {
        var window = new AckWindow();
        var entries = Deliver(window, 3);
        window.Settle(entries[1], Settlement.Acknowledge);
        Collect(window);
        window.Settle(entries[0], Settlement.Acknowledge);
        window.Settle(entries[2], Settlement.Acknowledge);

        var frames = Collect(window);

        frames.Should().Equal(new SettlementFrame(3, true, Settlement.Acknowledge));
        window.Finished.Should().Be(0);
    }

    [Fact]
    public void Collect_ReturnedAmongFinished_IsSentBeforeTheFrameThatReachesOverIt()
    {
        var window = new AckWindow();
        var entries = Deliver(window, 3);
        window.Settle(entries[0], Settlement.Acknowledge);
        window.Settle(entries[1], Settlement.Reject);
        window.Settle(entries[2], Settlement.Acknowledge);

        var frames = Collect(window);

        frames.Should().Equal(new SettlementFrame(2, false, Settlement.Reject), new SettlementFrame(3, true, Settlement.Acknowledge));
    }

    [Fact]
    public void Settle_Twice_CountsOnce()
    {
        var window = new AckWindow();
        var entry = Deliver(window, 1)[0];

        window.Settle(entry, Settlement.Acknowledge).Should().BeTrue();
        window.Settle(entry, Settlement.Requeue).Should().BeFalse();

        Collect(window).Should().Equal(new SettlementFrame(1, false, Settlement.Acknowledge));
    }

    /// <summary>Whatever happens in whatever order, the broker is told exactly what was decided, and never a tag it does not hold.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Collect_RandomHistory_SettlesEachDeliveryOnceAsDecided(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var window = new AckWindow();
            var broker = new BrokerModel();
            var open = new List<AckEntry>();
            var decided = new Dictionary<ulong, Settlement>();
            ulong tag = 0;
            for (var step = 0; step < 200; step++)
            {
                switch (random.Next(10))
                {
                    case < 4:
                        open.Add(window.Deliver(++tag));
                        broker.Hold(tag);
                        break;
                    case < 9 when open.Count > 0:
                        var index = random.Next(open.Count);
                        var settlement = random.Next(10) switch { 0 => Settlement.Requeue, 1 => Settlement.Reject, _ => Settlement.Acknowledge };
                        decided[open[index].Tag] = settlement;
                        window.Settle(open[index], settlement);
                        open.RemoveAt(index);
                        break;
                    default:
                        broker.Take(Collect(window));
                        break;
                }
            }

            window.Open.Should().Be(open.Count);
            broker.Take(Collect(window));
            broker.Take(Collect(window)); // at the latest the second flush tells everything
            broker.Settled.Should().BeEquivalentTo(decided, $"seed {seed}, round {round}");
        }
    }

    private static List<AckEntry> Deliver(AckWindow window, int count) => [.. Enumerable.Range(1, count).Select(tag => window.Deliver((ulong)tag))];

    private static List<SettlementFrame> Collect(AckWindow window)
    {
        var frames = new List<SettlementFrame>();
        window.Collect(frames);
        return frames;
    }

    /// <summary>A channel as RabbitMQ keeps it: settling a tag it does not hold, multiple or not, is PRECONDITION_FAILED.</summary>
    private sealed class BrokerModel
    {
        private readonly SortedSet<ulong> _held = [];
        private readonly SortedDictionary<ulong, Settlement> _settled = [];

        internal IReadOnlyDictionary<ulong, Settlement> Settled => _settled;

        internal void Hold(ulong tag) => _held.Add(tag);

        internal void Take(List<SettlementFrame> frames)
        {
            foreach (var frame in frames)
            {
                _held.Should().Contain(frame.Tag, "the broker closes the channel for an unknown delivery tag");
                foreach (var tag in frame.IsMultiple ? _held.TakeWhile(held => held <= frame.Tag).ToList() : [frame.Tag])
                {
                    _held.Remove(tag);
                    _settled[tag] = frame.Settlement;
                }
            }
        }
    }
}
