using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class WireBufferTests
{
    [Fact]
    public void Rent_AfterDispose_IsEmptyAndWritesAnew()
    {
        for (var i = 0; i < 3; i++)
        {
            using var first = WireBuffer.Rent();
            using var second = WireBuffer.Rent();
            first.Json.WriteStartArray(); // left open and unflushed
            second.Json.WriteStringValue("kept");
            second.Flush();

            first.Should().NotBeSameAs(second);
            second.Count.Should().Be(6);
        }

        using var buffer = WireBuffer.Rent();
        buffer.Count.Should().Be(0);
        buffer.Json.WriteNumberValue(1);
        buffer.Flush();
        Encoding.UTF8.GetString(buffer.Span).Should().Be("1");
    }

    [Fact]
    public void Dispose_ManyAtOnce_AreAllUsedAgain()
    {
        const int many = 500;
        var first = Enumerable.Range(0, many).Select(_ => WireBuffer.Rent()).ToHashSet();
        foreach (var buffer in first) buffer.Dispose();

        var second = Enumerable.Range(0, many).Select(_ => WireBuffer.Rent()).ToHashSet();
        foreach (var buffer in second) buffer.Dispose();

        second.Should().HaveCount(many, "none is handed out twice");
        second.Count(first.Contains).Should().BeGreaterThan(many / 2, "other tests rent too, but most come back");
    }
}
