using CeleryNet.Client;

namespace CeleryNet.Tests.Client;

public sealed class JsonDepthTests
{
    [Theory]
    [InlineData("1", 0)]
    [InlineData("[]", 1)]
    [InlineData("[[],{},[[]]]", 3)]
    [InlineData("[\"[[[\",{\"{{\":[NaN]}]", 3)]
    [InlineData("[\"\\\"[[\",[]]", 2)]
    [InlineData("[\"\\\\\",[[]]]", 3)]
    [InlineData("[\"unfinished [[", 1)]
    [InlineData("[\"unfinished \\", 1)]
    public void Of_CountsLevelsOutsideOfText(string json, int depth) => JsonDepth.Of(System.Text.Encoding.UTF8.GetBytes(json)).Should().Be(depth);
}
