using System.Globalization;
using System.Text;

namespace CeleryNet.Diagnostics;

/// <summary>Makes text of strangers fit for one line of a log: bounded, and without control characters that could forge lines or steer a terminal.</summary>
public static class Printable
{
    private const int MaxLength = 256;

    /// <summary>The text, at most 256 characters, control and format characters escaped as <c>\uXXXX</c>.</summary>
    public static string Limit(string? text)
    {
        if (text is null) return "";
        if (text.Length <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;

        var output = new StringBuilder(Math.Min(text.Length, MaxLength) + 16);
        foreach (var letter in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
        {
            if (char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                output.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                output.Append(letter);
        }

        if (text.Length > MaxLength) output.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)");
        return output.ToString();
    }
}
