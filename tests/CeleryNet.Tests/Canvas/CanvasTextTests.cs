using CeleryNet.Signatures;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Signatures;

/// <summary>Canvases as people read them.</summary>
public sealed class CanvasTextTests
{
    public static TheoryData<Signature, string> Texts => new()
    {
        { Py.Add(2, 2) | Py.Add(Prev, 4), "tasks.add(2, 2) | tasks.add(4)" },
        { Group(Py.Add(2, 2), Py.Add(4, 4)), "group([tasks.add(2, 2), tasks.add(4, 4)])" },
        { Group(Py.Add(2, 2), Py.Add(4, 4)) | Py.Sum(Prev), "%tasks.xsum([tasks.add(2, 2), tasks.add(4, 4)])" },
        { Group(Py.Add(2, 2)) | Py.Sum(Prev) | Py.Add(Prev, 1), "%tasks.xsum([tasks.add(2, 2)]) | tasks.add(1)" },
        { Map([Py.Call("tasks.xsum", new[] { 1, 2 })]), "[tasks.xsum(x) for x in [[1, 2]]]" },
        { Starmap([Py.Add(1, 2), Py.Add(3, 4)]), "[tasks.add(*x) for x in [[1, 2], [3, 4]]]" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_OfACanvas_IsReadable(Signature canvas, string expected) => canvas.ToString().Should().Be(expected);

    [Fact]
    public void Text_WithKeywordArguments_ShowsThemByName() =>
        Signature.Parse("""{"task":"t","args":["a"],"kwargs":{"width":3},"options":{}}"""u8.ToArray()).ToString().Should().Be("t('a', width=3)");
}
