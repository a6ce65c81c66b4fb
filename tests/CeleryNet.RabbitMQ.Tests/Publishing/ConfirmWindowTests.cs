using CeleryNet.RabbitMQ.Publishing;

namespace CeleryNet.RabbitMQ.Tests.Publishing;

public sealed class ConfirmWindowTests
{
    [Fact]
    public void Confirm_Multiple_EndsAllUpToItOldestFirst()
    {
        var window = Filled(5, out var confirmed);

        window.Confirm(3, isMultiple: true, confirmed);

        confirmed.Should().Equal("1", "2", "3");
    }

    [Fact]
    public void Confirm_OutOfOrder_KeepsTheWindowShutUntilTheOldestIsConfirmed()
    {
        var window = Filled(3, out var confirmed);

        window.Confirm(2, isMultiple: false, confirmed);
        var isFullBefore = window.IsFull;
        window.Confirm(1, isMultiple: false, confirmed);

        isFullBefore.Should().BeTrue();
        window.IsFull.Should().BeFalse();
        window.Oldest.Should().Be("3");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(9)]
    public void Confirm_NumberThatIsNotOpen_IsIgnored(int number)
    {
        var window = Filled(3, out var confirmed);
        window.Confirm(1, isMultiple: false, confirmed);
        confirmed.Clear();

        window.Confirm((ulong)number, isMultiple: false, confirmed);

        confirmed.Should().BeEmpty();
    }

    [Fact]
    public void Confirm_RandomHistory_EndsEachEntryOnce()
    {
        var random = new Random(4711);
        var window = new ConfirmWindow<string>(7);
        var open = new SortedSet<ulong>();
        var confirmed = new List<string>();
        ulong next = 0;
        for (var step = 0; step < 100_000; step++)
        {
            if (!window.IsFull && random.Next(2) == 0)
            {
                window.Add($"{++next}");
                open.Add(next);
            }
            else if (open.Count > 0)
            {
                var number = open.ElementAt(random.Next(open.Count));
                var isMultiple = random.Next(3) == 0;
                var expected = isMultiple ? open.TakeWhile(other => other <= number).ToList() : [number];
                confirmed.Clear();
                window.Confirm(number, isMultiple, confirmed);
                confirmed.Should().Equal(expected.Select(one => $"{one}"));
                open.ExceptWith(expected);
            }

            window.IsEmpty.Should().Be(open.Count == 0);
        }
    }

    [Fact]
    public void Drain_HalfConfirmed_HandsOutTheRestAndCountsFromOneAgain()
    {
        var window = Filled(3, out var confirmed);
        window.Confirm(2, isMultiple: false, confirmed);
        confirmed.Clear();

        window.Drain(confirmed);
        window.Add("again");
        window.Confirm(1, isMultiple: false, confirmed);

        confirmed.Should().Equal("1", "3", "again");
    }

    private static ConfirmWindow<string> Filled(int count, out List<string> confirmed)
    {
        var window = new ConfirmWindow<string>(count);
        for (var i = 1; i <= count; i++) window.Add($"{i}");
        confirmed = [];
        return window;
    }
}
