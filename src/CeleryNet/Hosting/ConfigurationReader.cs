using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Tasks;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Hosting;

/// <summary>
/// Reads one section of the configuration without reflection. A value that does not fit, and a key that nobody asked for (<see cref="RejectOthers"/>), becomes a failure that names
/// key, value and what is allowed.
/// </summary>
internal sealed class ConfigurationReader(IConfiguration section, string path, ICollection<string> failures)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    internal string Path => path;

    internal ICollection<string> Failures => failures;

    internal string? Text(string key)
    {
        _known.Add(key);
        var child = section.GetSection(key);
        if (child.GetChildren().Any()) Fail(key, "is a section but must be a single value");
        return child.Value;
    }

    internal int? Integer(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;
        Fail(key, text, most == int.MaxValue ? $"a whole number of at least {least}" : $"a whole number from {least} to {most}");
        return null;
    }

    /// <summary>The whole numbers below section <paramref name="key"/>, by the names they have there.</summary>
    internal IEnumerable<(string Name, int Value)> Integers(string key, int least, int most)
    {
        var numbers = Section(key);
        foreach (var (name, _) in Values(key))
        {
            if (numbers.Integer(name, least, most) is { } number) yield return (name, number);
        }
    }

    internal bool? Boolean(string key)
    {
        if (Text(key) is not { } text) return null;
        if (bool.TryParse(text, out var value)) return value;
        Fail(key, text, "true or false");
        return null;
    }

    /// <summary>A positive duration, or zero where that is allowed. A bare number is refused: the framework would read days.</summary>
    internal TimeSpan? Duration(string key, bool allowsZero = false)
    {
        if (Text(key) is not { } text) return null;
        if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && (value > TimeSpan.Zero || (allowsZero && value == TimeSpan.Zero))) return value;
        Fail(key, text, $"a {(allowsZero ? "" : "positive ")}time as hours:minutes:seconds, such as 00:00:05");
        return null;
    }

    /// <summary>A rate such as <c>100/m</c>; 0 is none.</summary>
    internal TaskRate? Rate(string key)
    {
        if (Text(key) is not { } text) return null;
        if (TaskRate.TryParse(text, out var rate)) return rate;
        Fail(key, text, $"{RateText.Form}, or 0 for no limit");
        return null;
    }

    internal string? OneOf(string key, params string[] allowed)
    {
        if (Text(key) is not { } text) return null;
        if (allowed.Contains(text, StringComparer.OrdinalIgnoreCase)) return text.ToLowerInvariant();
        Fail(key, text, string.Join(", ", allowed[..^1]) + " or " + allowed[^1]);
        return null;
    }

    /// <summary>A section below this one.</summary>
    internal ConfigurationReader Section(string key)
    {
        _known.Add(key);
        return new ConfigurationReader(section.GetSection(key), $"{path}:{key}", failures);
    }

    /// <summary>The sections below section <paramref name="key"/>, by the names they have there.</summary>
    internal IEnumerable<(string Name, ConfigurationReader Reader)> Sections(string key)
    {
        _known.Add(key);
        foreach (var child in section.GetSection(key).GetChildren())
        {
            if (child.Value is { Length: > 0 } value) failures.Add($"{path}:{key}:{child.Key} is '{ConnectionString.Mask(value)}' but must be a section of keys and values.");
            else yield return (child.Key, new ConfigurationReader(child, $"{path}:{key}:{child.Key}", failures));
        }
    }

    /// <summary>The values below section <paramref name="key"/>.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Values(string key)
    {
        _known.Add(key);
        foreach (var child in section.GetSection(key).GetChildren())
        {
            if (child.Value is { } value) yield return new(child.Key, value);
        }
    }

    /// <summary>A section that somebody else reads.</summary>
    internal void Leave(string key) => _known.Add(key);

    /// <summary>Call last: whatever was not asked for is a mistake, most often a wrong spelling.</summary>
    internal void RejectOthers()
    {
        foreach (var child in section.GetChildren())
        {
            if (!_known.Contains(child.Key)) failures.Add($"{path}:{child.Key} is not a known key. Known are {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
        }
    }

    internal void Fail(string key, string value, string allowed) => Fail(key, $"is '{ConnectionString.Mask(value)}' but must be {allowed}");

    internal void Fail(string key, string what) => failures.Add($"{path}:{key} {what}.");
}
