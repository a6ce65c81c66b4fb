using CeleryNet.Brokers;

namespace CeleryNet.Tests.Brokers;

public sealed class BackoffTests
{
    [Fact]
    public void Next_AgainAndAgain_StaysWithinItsSteps()
    {
        var backoff = new Backoff(new Random(1));

        foreach (var step in new[] { 0.5, 1.5, 4, 4, 4 })
            backoff.Next().TotalSeconds.Should().BeInRange(step / 2, step);
    }

    [Fact]
    public void Reset_AfterLongWaits_StartsOver()
    {
        var backoff = new Backoff(new Random(1));
        for (var i = 0; i < 5; i++) backoff.Next();

        backoff.Reset();

        backoff.Next().TotalSeconds.Should().BeInRange(0.25, 0.5);
    }
}
