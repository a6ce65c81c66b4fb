using CeleryNet.Tasks;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

public sealed class RetryRuleTests
{
    private readonly RetryRule _rule = new(new Random(1));

    [Fact]
    public void Retries_WithoutSettings_FailsAsCelery() => RetryRule.Retries(TaskPolicy.None, new InvalidOperationException()).Should().BeFalse();

    [Fact]
    public void Retries_WithMaxRetries_IsForEveryException() => RetryRule.Retries(new TaskPolicy { MaxRetries = 1 }, new InvalidOperationException()).Should().BeTrue();

    [Theory]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(FileNotFoundException), true)] // derived from it
    [InlineData(typeof(InvalidOperationException), false)]
    public void Retries_WithRetryFor_IsForTheseAndDerivedOnes(Type error, bool expected) =>
        RetryRule.Retries(new TaskPolicy { RetryFor = [typeof(IOException)] }, (Exception)Activator.CreateInstance(error)!).Should().Be(expected);

    [Fact]
    public void Retries_WithNoRetryFor_LeavesThoseOut()
    {
        var policy = new TaskPolicy { MaxRetries = 1, RetryFor = [typeof(Exception)], NoRetryFor = [typeof(IOException)] };

        RetryRule.Retries(policy, new FileNotFoundException()).Should().BeFalse();
        RetryRule.Retries(policy, new InvalidOperationException()).Should().BeTrue();
    }

    [Theory]
    [InlineData(null, 2, true)]
    [InlineData(null, 3, false)] // Celery's default of 3
    [InlineData(0, 0, false)]
    [InlineData(5, 4, true)]
    [InlineData(5, 5, false)]
    [InlineData(-1, 100_000, true)]
    public void IsLeft_ComparesWithWhatIsAllowed(int? most, int retries, bool expected) => RetryRule.IsLeft(most, retries).Should().Be(expected);

    [Fact]
    public void DelayOf_WithoutSettings_IsCelerysThreeMinutes() => _rule.DelayOf(TaskPolicy.None, 2).Should().Be(TimeSpan.FromSeconds(180));

    [Fact]
    public void DelayOf_FixedDelay_StaysTheSame() => _rule.DelayOf(new TaskPolicy { RetryDelay = TimeSpan.FromSeconds(7) }, 5).Should().Be(TimeSpan.FromSeconds(7));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(5, 32)]
    [InlineData(9, 512)]
    [InlineData(10, 600)]
    [InlineData(100_000, 600)]
    public void DelayOf_Backoff_DoublesUpToTheCap(int retries, double seconds) =>
        _rule.DelayOf(new TaskPolicy { RetryBackoff = true, RetryJitter = false }, retries).Should().Be(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void DelayOf_BackoffWithStepAndCap_UsesBoth()
    {
        var policy = new TaskPolicy { RetryBackoff = true, RetryJitter = false, RetryDelay = TimeSpan.FromSeconds(3), RetryBackoffMax = TimeSpan.FromSeconds(20) };

        Enumerable.Range(0, 5).Select(retries => _rule.DelayOf(policy, retries).TotalSeconds).Should().Equal(3, 6, 12, 20, 20);
    }

    [Fact]
    public void DelayOf_Jitter_SpreadsFromZeroToTheWhole()
    {
        var policy = new TaskPolicy { RetryBackoff = true };

        var delays = Enumerable.Range(0, 1000).Select(_ => _rule.DelayOf(policy, 5).TotalSeconds).ToList();

        delays.Should().OnlyContain(delay => delay >= 0 && delay < 32);
        delays.Min().Should().BeLessThan(2);
        delays.Max().Should().BeGreaterThan(30);
        delays.Average().Should().BeApproximately(16, 1);
    }
}
