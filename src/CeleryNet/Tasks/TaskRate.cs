using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CeleryNet.Tasks;

/// <summary>How often tasks may start, evenly spaced: after a pause one may start at once, not several. Celery's <c>rate_limit</c>, a token bucket of capacity 1.</summary>
public readonly record struct TaskRate
{
    private TaskRate(double perSecond) => PerSecond = perSecond;

    /// <summary>No limit.</summary>
    public static TaskRate Unlimited => default;

    /// <summary>Starts per second; 0 for any number.</summary>
    public double PerSecond { get; }

    /// <summary>True when nothing is limited.</summary>
    public bool IsUnlimited => PerSecond == 0;

    /// <summary>The time from one start to the next; zero when nothing is limited.</summary>
    public TimeSpan Spacing => IsUnlimited ? TimeSpan.Zero : TimeSpan.FromSeconds(1 / PerSecond);

    /// <summary>Reads <c>"10/s"</c>, <c>"100/m"</c>, <c>"5/h"</c> or a number of starts per second; 0 is no limit.</summary>
    /// <returns>False when the text is no rate, is negative, or is slower than one in 365 days.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskRate rate)
    {
        rate = default;
        if (text is null || !RateText.TryRead(text, out var perSecond)) return false;
        rate = new TaskRate(perSecond);
        return true;
    }

    /// <summary>Reads a rate.</summary>
    /// <exception cref="FormatException">The text is none.</exception>
    public static TaskRate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var rate) ? rate : throw new FormatException($"'{Diagnostics.Printable.Limit(text)}' is no rate; write {RateText.Form}.");
    }

    /// <summary>The rate as starts per second, such as <c>10/s</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond}/s");
}
