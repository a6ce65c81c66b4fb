using System.Globalization;
using CeleryNet.Tasks;
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
            if (argument.Value.Kind == TypedConstantKind.Array)
            {
                var types = Types(argument.Value);
                policy = argument.Key == "RetryFor" ? policy with { RetryFor = types } : policy with { NoRetryFor = types };
                continue;
            }

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
                ("MaxRetries", int number) => policy with { MaxRetries = number },
                ("RetryDelay", string text) => policy with { RetryDelay = Ticks(text) },
                ("RetryBackoff", bool flag) => policy with { RetryBackoff = flag },
                ("RetryBackoffMax", string text) => policy with { RetryBackoffMax = Ticks(text) },
                ("RetryJitter", bool flag) => policy with { RetryJitter = flag },
                ("MaxDeliveries", int number) => policy with { MaxDeliveries = number },
                ("RejectOnWorkerLost", bool flag) => policy with { RejectOnWorkerLost = flag },
                ("DeadLetterFailures", bool flag) => policy with { DeadLetterFailures = flag },
                ("StoreErrors", bool flag) => policy with { StoreErrors = flag },
                ("RateLimit", string text) => policy with { RateLimit = Rate(text) },
                ("SkipFinished", bool flag) => policy with { SkipFinished = flag },
                _ => policy,
            };
        }

        return policy;
    }

    private static EquatableArray<string>? Types(TypedConstant types) =>
        types.IsNull ? null : types.Values.Select(type => type.Value).OfType<ITypeSymbol>().Select(TypeText.Of).ToList().ToEquatableArray();

    /// <summary>The rate; <c>null</c> when the text is none, or limits nothing.</summary>
    internal static string? Rate(string text) => RateText.TryRead(text, out var perSecond) && perSecond > 0 ? text : null;

    /// <summary>
    /// Ticks of a duration; <c>null</c> when the text is none, or not longer than zero. A number without a colon is refused: .NET reads it as days, and nobody means that.
    /// </summary>
    internal static long? Ticks(string text) =>
        text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span.Ticks : null;
}
