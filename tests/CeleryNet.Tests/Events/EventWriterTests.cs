using System.Text.Json;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Events;

public sealed class EventWriterTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(120, -2)]
    [InlineData(-300, 5)]
    [InlineData(330, -6)] // India: Python floors -19800 / 3600
    [InlineData(-210, 3)] // Newfoundland: 12600 / 3600
    public void UtcOffset_IsHoursWestFloored(int minutesEast, int expected)
    {
        var time = new FakeTimeProvider();
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("here", TimeSpan.FromMinutes(minutesEast), "here", "here"));
        using var buffer = WireBuffer.Rent();

        new EventWriter("n", new LamportClock(), time).Write(buffer, "x-y", 0, static (_, _) => { });

        GoldenEvent.Parse(buffer.Memory).Single().GetProperty("utcoffset").GetInt32().Should().Be(expected);
    }

    [Fact]
    public void Seconds_AlwaysHaveAPoint()
    {
        using var buffer = WireBuffer.Rent();
        buffer.Json.WriteStartObject();

        EventWriter.WriteSeconds(buffer.Json, JsonEncodedText.Encode("a"), TimeSpan.Zero);
        EventWriter.WriteSeconds(buffer.Json, JsonEncodedText.Encode("b"), TimeSpan.FromTicks(1));
        EventWriter.WriteSeconds(buffer.Json, JsonEncodedText.Encode("c"), TimeSpan.FromSeconds(-1));

        buffer.Json.WriteEndObject();
        buffer.Flush();
        GoldenEvent.Parse(buffer.Memory).Single().EnumerateObject().Select(field => field.Value.GetRawText()).Should().Equal("0.0000000", "0.0000001", "0.0000000");
    }

    [Fact]
    public void PlainEvents_HaveHigherNumbersThanAllThatWasCountedBefore()
    {
        var clock = new LamportClock();
        var writer = new EventWriter("n", clock, TimeProvider.System);
        var buffer = new EventBuffer();
        long Next()
        {
            buffer.AddToList(writer, "task-x", TimeProvider.System.GetTimestamp(), 0, 0, static (ref _, _) => { });
            using var message = buffer.Take(1).Single();
            return GoldenEvent.Parse(message.Body).Single().GetProperty("clock").GetInt64();
        }

        var seen = new List<long>();
        for (var i = 0; i < 200; i++)
        {
            seen.Add(Next());
            if (i % 7 == 0) seen.Add(clock.Forward()); // another message of this node
            if (i % 11 == 0) seen.Add(clock.Adjust(seen[^1] + 1_000)); // one of another node
        }

        seen.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        clock.Value.Should().BeGreaterThanOrEqualTo(seen[^1]);
    }

    [Theory]
    [InlineData("[]", "E()")]
    [InlineData("[\"bad\"]", "E('bad')")]
    [InlineData("[\"bad\", 42]", "E('bad', 42)")]
    [InlineData("[[1]]", "E([1])")]
    [InlineData("\"text\"", "E('text')")]
    [InlineData("", "E()")]
    public void Error_IsShownAsPythonShowsIt(string arguments, string expected) =>
        ErrorRepr.Of(new RemoteError("E", System.Text.Encoding.UTF8.GetBytes(arguments), null)).Should().Be(expected);

    [Theory]
    [InlineData("0.22 0.20 0.55 1/123 4567\n", 0.22, 0.2, 0.55)]
    [InlineData("nonsense", 0, 0, 0)]
    [InlineData("a b c d", 0, 0, 0)]
    public void LoadAverage_IsReadOrZero(string text, double one, double five, double fifteen) => LoadAverage.Parse(text).Should().Equal(one, five, fifteen);
}
