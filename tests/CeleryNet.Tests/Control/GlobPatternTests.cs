using System.Text.RegularExpressions;
using CeleryNet.Control;

namespace CeleryNet.Tests.Control;

/// <summary>The answers are those of Python 3.11's <c>fnmatch.fnmatchcase</c>.</summary>
public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("w1@host", "w*", true)]
    [InlineData("w1@host", "w", false)]
    [InlineData("w1@host", "*@host", true)]
    [InlineData("w1@host", "w?@host", true)]
    [InlineData("w12@host", "w?@host", false)]
    [InlineData("w1@host", "w[0-3]@*", true)]
    [InlineData("w1@host", "w[!0-3]@*", false)]
    [InlineData("w5@host", "w[!0-3]@*", true)]
    [InlineData("w]@host", "w[]]@*", true)]
    [InlineData("w[@host", "w[@host", true)]
    [InlineData("w1@a.b", "w1@a.b", true)]
    [InlineData("w1@axb", "w1@a.b", false)]
    [InlineData("W1@host", "w*", false)]
    [InlineData(@"w\@host", @"w[\]@*", true)]
    public void ToRegex_PatternsOfPython_FitTheSameNames(string name, string pattern, bool fits) => Regex.IsMatch(name, GlobPattern.ToRegex(pattern)).Should().Be(fits);
}
