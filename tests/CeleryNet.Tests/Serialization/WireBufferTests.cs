using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class WireBufferTests
{
    [Fact]
    public void Rent_AfterAWriterThatFailedHalfway_IsEmptyAndUsable()
    {
        for (var i = 0; i < 100; i++) // whichever of the pool comes
        {
            var used = WireBuffer.Rent();
            used.Json.WriteStartArray();
            used.Json.WriteStringValue("left behind");
            used.Dispose();
        }

        var buffers = Enumerable.Range(0, 100).Select(_ => WireBuffer.Rent()).ToList();

        foreach (var buffer in buffers)
        {
            buffer.Count.Should().Be(0);
            buffer.Json.WriteNumberValue(1);
            buffer.Flush();
            buffer.Span.ToArray().Should().Equal((byte)'1');
        }

        buffers.ForEach(buffer => buffer.Dispose());
    }

    [Fact]
    public void Dispose_Twice_DoesNotGiveItToTwoOwners()
    {
        var buffer = WireBuffer.Rent();
        buffer.Dispose();
        buffer.Dispose();

        var rented = Enumerable.Range(0, 70).Select(_ => WireBuffer.Rent()).ToList();

        rented.Should().OnlyHaveUniqueItems();
        rented.ForEach(other => other.Dispose());
    }

    [Fact]
    public void Write_MoreThanItHolds_Grows()
    {
        using var buffer = WireBuffer.Rent();

        for (var i = 0; i < 1000; i++)
        {
            "0123456789"u8.CopyTo(buffer.GetSpan(10));
            buffer.Advance(10);
        }

        buffer.Count.Should().Be(10_000);
        Json.Text(buffer.Memory).Should().Be(string.Concat(Enumerable.Repeat("0123456789", 1000)));
    }

    [Fact]
    public void Dispose_OfMany_KeepsThemAll()
    {
        const int many = 500; // a client has as many messages on their way at once
        var first = Enumerable.Range(0, many).Select(_ => WireBuffer.Rent()).ToHashSet();
        foreach (var buffer in first) buffer.Dispose();

        var second = Enumerable.Range(0, many).Select(_ => WireBuffer.Rent()).ToHashSet();
        foreach (var buffer in second) buffer.Dispose();

        second.Should().HaveCount(many, "none is handed out twice");
        second.Count(first.Contains).Should().BeGreaterThan(many / 2, "other tests rent too, but most come back");
    }
}
