using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class WireTimeTests
{
    public static TheoryData<DateTimeOffset, string> Moments => new()
    {
        { new DateTimeOffset(2024, 2, 29, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_999), "2024-02-29T23:59:59.999999+00:00" },
        { new DateTimeOffset(2024, 1, 1, 1, 30, 0, TimeSpan.FromHours(2)), "2023-12-31T23:30:00.000000+00:00" },
        { DateTimeOffset.MinValue, "0001-01-01T00:00:00.000000+00:00" },
        { DateTimeOffset.MaxValue, "9999-12-31T23:59:59.999999+00:00" },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public void Format_AnyMoment_HasSixDigitsAndZeroOffset(DateTimeOffset moment, string expected)
    {
        Span<byte> utf8 = stackalloc byte[WireTime.Length];

        WireTime.Format(moment, utf8);

        WireTime.Format(moment).Should().Be(expected);
        Encoding.ASCII.GetString(utf8).Should().Be(expected);
    }
}
