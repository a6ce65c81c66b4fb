using System.Globalization;
using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Reads what the attribute sets.</summary>
internal static class PolicyReader
{
    internal static PolicyModel Read(AttributeData attribute)
    {
        var policy = new PolicyModel();
        foreach (var argument in attribute.NamedArguments)
        {
            policy = (argument.Key, argument.Value.Value) switch
            {
                ("Queue", string queue) => policy with { Queue = queue },
                ("Priority", int priority) => policy with { Priority = priority },
                ("IgnoreResult", bool flag) => policy with { IgnoreResult = flag },
                ("TrackStarted", bool flag) => policy with { TrackStarted = flag },
                ("AckEarly", bool flag) => policy with { AckEarly = flag },
                ("Expires", string text) => policy with { Expires = Ticks(text) },
                ("TimeLimit", string text) => policy with { TimeLimit = Ticks(text) },
                ("SoftTimeLimit", string text) => policy with { SoftTimeLimit = Ticks(text) },
                _ => policy,
            };
        }

        return policy;
    }

    /// <summary>
    /// Ticks of a duration; <c>null</c> when the text is none, or not longer than zero. A number without a colon is refused: .NET reads it as days, and nobody means that.
    /// </summary>
    internal static long? Ticks(string text) =>
        text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span.Ticks : null;
}
