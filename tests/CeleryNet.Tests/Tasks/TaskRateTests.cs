using CeleryNet.Tasks;

namespace CeleryNet.Tests.Tasks;

public sealed class TaskRateTests
{
    [Theory]
    [InlineData("10", 10)]
    [InlineData("10/s", 10)]
    [InlineData("10/", 10)]
    [InlineData("100/m", 100 / 60.0)]
    [InlineData("5/h", 5 / 3600.0)]
    [InlineData("0.5/s", 0.5)]
    [InlineData("1e3/m", 1000 / 60.0)]
    [InlineData("0", 0)]
    [InlineData("0/m", 0)]
    public void TryParse_OfARate_GivesStartsPerSecond(string text, double perSecond)
    {
        TaskRate.TryParse(text, out var rate).Should().BeTrue();

        rate.PerSecond.Should().BeApproximately(perSecond, 1e-12);
        rate.IsUnlimited.Should().Be(perSecond == 0);
        if (perSecond > 0) rate.Spacing.TotalSeconds.Should().BeApproximately(1 / perSecond, 1e-6);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("fast")]
    [InlineData("10/d")]
    [InlineData("10/S")]
    [InlineData("10 / s")]
    [InlineData("-1/s")]
    [InlineData("nan")]
    [InlineData("inf/s")]
    [InlineData("1e400")]
    [InlineData("1e-9/h")]
    public void TryParse_OfSomethingElse_IsFalse(string? text) => TaskRate.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Parse_OfSomethingElse_SaysWhatIsAllowed() =>
        FluentActions.Invoking(() => TaskRate.Parse("10/d")).Should().Throw<FormatException>().WithMessage("*'10/d'*per second, minute or hour*");
}
