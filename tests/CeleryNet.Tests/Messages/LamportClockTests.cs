using CeleryNet.Messages;

namespace CeleryNet.Tests.Messages;

public sealed class LamportClockTests
{
    [Fact]
    public void Forward_CountsOn()
    {
        var clock = new LamportClock();

        (clock.Forward(), clock.Forward(), clock.Value).Should().Be((1, 2, 2));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(5, 6)]
    [InlineData(40, 41)]
    [InlineData(-3, 6)]
    [InlineData(long.MaxValue, 6)] // nobody sent so many messages
    [InlineData(long.MinValue, 6)]
    public void Adjust_IsBehindBoth(long received, long expected)
    {
        var clock = new LamportClock();
        clock.Adjust(4);

        var value = clock.Adjust(received);

        (value, clock.Value).Should().Be((expected, expected));
    }

    [Fact]
    public async Task Forward_FromManyThreads_GivesEachNumberOnce()
    {
        var clock = new LamportClock();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 1000).Select(_ => clock.Forward()).ToList())));

        numbers.SelectMany(own => own).Order().Should().Equal(Enumerable.Range(1, 4000).Select(number => (long)number));
    }
}
