using System;
using System.Globalization;

namespace CeleryNet.Tasks;

/// <summary>Reads a rate as Celery's <c>celery.utils.time.rate</c> does: a number, then perhaps <c>/s</c>, <c>/m</c> or <c>/h</c>. Compiled into the analyzers too, so that both agree.</summary>
internal static class RateText
{
    /// <summary>What a rate must look like.</summary>
    internal const string Form = "a number of starts per second, minute or hour, such as \"10/s\", \"100/m\" or \"5/h\", at least one in 365 days";

    private const double SlowestPerSecond = 1.0 / (365 * 24 * 3600);

    /// <summary>Reads the text; zero is no limit.</summary>
    /// <returns>False when it is no rate.</returns>
    internal static bool TryRead(string text, out double perSecond)
    {
        var slash = text.IndexOf('/');
        var number = slash < 0 ? text : text.Substring(0, slash);
        var seconds = (slash < 0 ? "" : text.Substring(slash + 1)) switch
        {
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => 0,
        };
        perSecond = 0;
        if (seconds == 0 || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var count)) return false;
        perSecond = count / seconds;
        return perSecond == 0 || (perSecond >= SlowestPerSecond && !double.IsInfinity(perSecond)); // NaN and what is negative compare as false
    }
}
