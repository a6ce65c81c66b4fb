using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class WireTimeTests
{
    private static readonly DateTimeOffset Second = new(2026, 11, 22, 7, 51, 22, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-22T07:51:22", 0)]
    [InlineData("2026-11-22T07:51:22Z", 0)]
    [InlineData("2026-11-22 07:51:22", 0)]
    [InlineData("2026-11-22T07:51:22+00:00", 0)]
    [InlineData("2026-11-22T09:21:22+01:30", 0)]
    [InlineData("2026-11-21T23:51:22-08:00", 0)]
    [InlineData("2026-11-22T07:51:22.1Z", 1_000_000)]
    [InlineData("2026-11-22T07:51:22.12+00:00", 1_200_000)]
    [InlineData("2026-11-22T07:51:22.123", 1_230_000)]
    [InlineData("2026-11-22T07:51:22.1234Z", 1_234_000)]
    [InlineData("2026-11-22T07:51:22.12345", 1_234_500)]
    [InlineData("2026-11-22T07:51:22.123456+00:00", 1_234_560)]
    [InlineData("2026-11-22T07:51:22.1234567Z", 1_234_567)]
    [InlineData("2026-11-22T07:51:22.12345678+00:00", 1_234_567)]
    [InlineData("2026-11-22T07:51:22.123456789Z", 1_234_567)]
    [InlineData("2026-11-22T07:51:22.123456789123456789+00:00", 1_234_567)]
    public void TryParse_EveryForm_IsTheMoment(string text, long ticks)
    {
        WireTime.TryParse(text, out var moment).Should().BeTrue();
        WireTime.TryParse(Json.Bytes(text), out var ofBytes).Should().BeTrue();

        moment.UtcDateTime.Should().Be(Second.UtcDateTime.AddTicks(ticks));
        ofBytes.Should().Be(moment);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2026-11-22T25:00:00")]
    [InlineData("2026-02-30T00:00:00")]
    [InlineData("11/22/2026 07:51:22")]
    [InlineData("1795333882")]
    [InlineData("2026-11-22T07:51:22+25:00")]
    [InlineData("2026-11-22T07:51:22.")]
    [InlineData("2026-11-22T07:51:22.x")]
    [InlineData("0001-01-01T00:00:00+10:00")]
    [InlineData("２０２６-11-22T07:51:22")]
    public void TryParse_AnythingElse_IsFalse(string text)
    {
        WireTime.TryParse(text, out _).Should().BeFalse();
        WireTime.TryParse(Json.Bytes(text), out _).Should().BeFalse();
    }

    [Fact]
    public void TryParse_VeryLongText_IsFalse() => WireTime.TryParse("2026-11-22T07:51:22." + new string('1', 1_000_000) + new string('x', 1000), out _).Should().BeFalse();

    [Theory]
    [InlineData(0, "2026-11-22T07:51:22.000000+00:00")]
    [InlineData(1_234_567, "2026-11-22T07:51:22.123456+00:00")]
    public void Format_Always_HasSixDigitsAndTheOffset(long ticks, string text)
    {
        var utf8 = new byte[WireTime.Length];

        WireTime.Format(Second.AddTicks(ticks).ToOffset(TimeSpan.FromHours(-3)), utf8);

        WireTime.Format(Second.AddTicks(ticks)).Should().Be(text);
        Json.Text(utf8).Should().Be(text);
    }
}
