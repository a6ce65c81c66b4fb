using System.Globalization;
using System.Text.RegularExpressions;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>A line that a worker printed.</summary>
/// <param name="Time">When it arrived here.</param>
/// <param name="Text">The line.</param>
public sealed partial record OutputLine(DateTimeOffset Time, string Text)
{
    /// <summary>The id of the log event whose head it is, such as <c>warn: CeleryNet.Redis[3101]</c>; 0 for any other line.</summary>
    public int EventId { get; } = Head().Match(Text) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:trce|dbug|info|warn|fail|crit): [^\[]+\[(\d+)\]$")]
    private static partial Regex Head();
}
