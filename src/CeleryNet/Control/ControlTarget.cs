using System.Text.Json;
using System.Text.RegularExpressions;

namespace CeleryNet.Control;

/// <summary>Which workers a request is for: those named, else those whose node name fits the pattern, else all.</summary>
internal sealed record ControlTarget
{
    private const int LongestPattern = 1024;

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private string[]? Names { get; init; }

    private string? Pattern { get; init; }

    private bool IsExpression { get; init; }

    /// <summary>Reads <c>destination</c>, <c>pattern</c> and <c>matcher</c>.</summary>
    /// <exception cref="MessageFormatException">One of them is not of the form Celery writes.</exception>
    internal static ControlTarget Read(JsonElement request)
    {
        string[]? names = null;
        if (request.TryGetProperty("destination"u8, out var destination) && destination.ValueKind != JsonValueKind.Null)
        {
            // A text would be searched for the node name by Celery, so that 'a' is meant by 'data@host'.
            if (destination.ValueKind != JsonValueKind.Array) throw ControlRequest.Bad("its 'destination' is not a list of node names");
            names = [.. destination.EnumerateArray().Where(static name => name.ValueKind == JsonValueKind.String).Select(static name => name.GetString()!)];
        }

        var pattern = Text(request, "pattern"u8, "pattern");
        if (pattern?.Length > LongestPattern) throw ControlRequest.Bad($"its 'pattern' has {pattern.Length} letters, more than the limit of {LongestPattern}");
        var matcher = Text(request, "matcher"u8, "matcher") ?? "glob";
        if (pattern is not null && matcher is not ("glob" or "pcre")) throw ControlRequest.Bad($"its 'matcher' is '{Diagnostics.Printable.Limit(matcher)}', not glob or pcre");
        return new ControlTarget { Names = names is { Length: > 0 } ? names : null, Pattern = pattern, IsExpression = matcher == "pcre" };
    }

    /// <summary>True when the worker of this name is meant.</summary>
    /// <exception cref="MessageFormatException">The pattern is no expression, or takes too long.</exception>
    internal bool Includes(string nodeName)
    {
        if (Names is not null) return Names.Contains(nodeName, StringComparer.Ordinal);
        if (string.IsNullOrEmpty(Pattern)) return true;
        try
        {
            return Regex.IsMatch(nodeName, IsExpression ? $@"\A(?:{Pattern})" : GlobPattern.ToRegex(Pattern), RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
        {
            throw new MessageFormatException(Diagnostics.ErrorCodes.BadMessage, $"its 'pattern' cannot be used: {Diagnostics.Printable.Limit(error.Message)}", error);
        }
    }

    private static string? Text(JsonElement request, ReadOnlySpan<byte> property, string name)
    {
        if (!request.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw ControlRequest.Bad($"its '{name}' is not a text");
    }
}
