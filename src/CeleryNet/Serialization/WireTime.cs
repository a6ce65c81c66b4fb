using System.Buffers;
using System.Globalization;
using System.Text;

namespace CeleryNet.Serialization;

/// <summary>Moments as Celery writes and reads them: ISO 8601 with exactly six fraction digits and <c>+00:00</c>.</summary>
/// <remarks>Seven digits make Celery 5.2 reject the task, <c>Z</c> early 5.3 versions; a moment without zone is UTC on every version.</remarks>
public static class WireTime
{
    /// <summary>Length of every text written.</summary>
    public const int Length = 32;

    // yyyy-MM-ddTHH:mm:ss.fffffffZ, many times faster than a pattern of one's own; what follows the sixth digit is overwritten.
    private const string Pattern = "O";

    /// <summary>Writes <c>yyyy-MM-ddTHH:mm:ss.ffffff+00:00</c>.</summary>
    public static string Format(DateTimeOffset moment) => string.Create(Length, moment, static (span, moment) => Write(moment, span));

    /// <summary>Writes the same as UTF-8 into at least <see cref="Length"/> bytes.</summary>
    public static void Format(DateTimeOffset moment, Span<byte> destination)
    {
        moment.UtcDateTime.TryFormat(destination, out _, Pattern, CultureInfo.InvariantCulture);
        "+00:00"u8.CopyTo(destination[26..]);
    }

    /// <summary>Reads an ISO 8601 moment: any number of fraction digits, <c>Z</c>, an offset, or none, which is UTC.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset moment)
    {
        moment = default;
        // The framework takes up to seven fraction digits; more are cut, as Celery cuts them.
        Span<char> cut = stackalloc char[40];
        var fraction = text.IndexOf('.');
        if (fraction >= 0)
        {
            var end = fraction + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end - fraction - 1 > 7)
            {
                var length = fraction + 8 + (text.Length - end);
                if (length > cut.Length) return false;
                text[..(fraction + 8)].CopyTo(cut);
                text[end..].CopyTo(cut[(fraction + 8)..]);
                return TryParseShort(cut[..length], out moment);
            }
        }

        return TryParseShort(text, out moment);
    }

    /// <summary>Reads the same from UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out DateTimeOffset moment)
    {
        Span<char> text = stackalloc char[64];
        if (utf8.Length <= text.Length && Ascii.ToUtf16(utf8, text, out var length) == OperationStatus.Done) return TryParse(text[..length], out moment);
        moment = default;
        return false;
    }

    /// <summary>Seconds as a duration, to the nearest 100 ns; false when no <see cref="TimeSpan"/> is so long.</summary>
    internal static bool TryFromSeconds(double seconds, out TimeSpan duration)
    {
        var fits = Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds;
        duration = fits ? TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) : default; // FromSeconds would cut: 0.3 µs becomes 0.2
        return fits;
    }

    private static bool TryParseShort(ReadOnlySpan<char> text, out DateTimeOffset moment)
    {
        moment = default;
        // The framework reads many forms; only ISO 8601 is meant, or 01/02/2030 would be taken too.
        return text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[7] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
    }

    private static void Write(DateTimeOffset moment, Span<char> span)
    {
        moment.UtcDateTime.TryFormat(span, out _, Pattern, CultureInfo.InvariantCulture);
        "+00:00".CopyTo(span[26..]);
    }
}
