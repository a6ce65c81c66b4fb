using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CeleryNet.Tasks;

/// <summary>Makes the keys of limits and of uniqueness from arguments. Generated code calls it.</summary>
public static class TaskKey
{
    private const int LongestBytes = 200;
    private const int KeptLetters = 60; // of a key that is too long, so that people recognise it
    private const string Nothing = "%"; // no text becomes this, since every percent sign is escaped

    /// <summary>
    /// An argument as part of a key: the same text for the same value on every machine. In a text the characters of <paramref name="separators"/>, which stand between the parts, and the
    /// percent sign are escaped, so that different values never make the same key.
    /// </summary>
    public static string Part<T>(T value, string separators) => value switch
    {
        null => Nothing,
        bool flag => flag ? "true" : "false",
        DateTimeOffset moment => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), // one moment is one key, whatever its offset
        DateTime moment => moment.ToString("O", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => Escape(number.ToString(null, CultureInfo.InvariantCulture), separators),
        _ => Escape(value.ToString() ?? "", separators),
    };

    /// <summary>The whole key of one thing: whose it is and what its arguments make. A long one is cut and gets its SHA-256 instead.</summary>
    internal static string Of(string name, string parts)
    {
        var key = $"{name}:{parts}";
        if (key.Length * 3 <= LongestBytes || Encoding.UTF8.GetByteCount(key) <= LongestBytes) return key;
        return $"{key[..KeptLetters]}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";
    }

    private static string Escape(string text, string separators)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && text.AsSpan().IndexOfAny(separators) < 0) return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var letter in text)
        {
            if (letter == '%' || separators.Contains(letter, StringComparison.Ordinal)) escaped.Append(CultureInfo.InvariantCulture, $"%{(int)letter:x4}");
            else escaped.Append(letter);
        }

        return escaped.ToString();
    }
}
