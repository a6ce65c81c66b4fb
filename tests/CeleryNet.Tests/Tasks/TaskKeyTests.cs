using System.Globalization;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Tasks;

public sealed class TaskKeyTests
{
    [Fact]
    public void Part_OfValues_IsTheSameTextEverywhere()
    {
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = other;
        try
        {
            new[]
            {
                TaskKey.Part(1234.5, ""), TaskKey.Part(1234.50m, ""), TaskKey.Part(true, ""), TaskKey.Part(DayOfWeek.Monday, ""), TaskKey.Part(new DateOnly(2026, 1, 31), ""),
                TaskKey.Part(new DateTime(2026, 1, 31, 5, 0, 0, DateTimeKind.Utc), ""), TaskKey.Part(new DateTimeOffset(2026, 1, 31, 5, 0, 0, TimeSpan.FromHours(2)), ""),
                TaskKey.Part(Guid.Empty, ""), TaskKey.Part<string?>(null, ""), TaskKey.Part<int?>(null, ""), TaskKey.Part('x', ""), TaskKey.Part(TimeSpan.FromHours(25), ""),
            }.Should().Equal(
                "1234.5", "1234.50", "true", "Monday", "2026-01-31", "2026-01-31T05:00:00.0000000Z", "2026-01-31T03:00:00.0000000Z", "00000000-0000-0000-0000-000000000000", "%", "%", "x",
                "1.01:00:00");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("a:b", "c", "a", "b:c")]
    [InlineData("a%003ab", "c", "a:b", "c")]
    [InlineData("%", "", null, "")]
    public void Part_OfDifferentValues_NeverMakesOneKey(string? one, string? two, string? three, string? four) =>
        $"{TaskKey.Part(one, ":")}:{TaskKey.Part(two, ":")}".Should().NotBe($"{TaskKey.Part(three, ":")}:{TaskKey.Part(four, ":")}");

    [Fact]
    public void Of_ALongKey_IsCutAndStaysDifferent()
    {
        var (one, other) = (TaskKey.Of("task", new string('x', 1_000_000) + "1"), TaskKey.Of("task", new string('x', 1_000_000) + "2"));

        one.Should().NotBe(other).And.StartWith("task:xxx").And.Subject.Length.Should().BeLessThan(200);
        TaskKey.Of("task", "short").Should().Be("task:short");
    }
}
