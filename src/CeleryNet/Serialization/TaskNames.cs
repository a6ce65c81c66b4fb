using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CeleryNet.Serialization.Converters;

namespace CeleryNet.Serialization;

/// <summary>One string per task name, queue or language: a worker reads the same few over and over.</summary>
internal static class TaskNames
{
    // A stranger may send names without end; real systems have far fewer.
    private const int MostKept = 4096;
    private const int LongestKept = 256;

    private static readonly ConcurrentDictionary<string, string> Names = new();
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    internal static string Intern(string name)
    {
        if (Names.TryGetValue(name, out var known)) return known;
        return name.Length > LongestKept || Names.Count >= MostKept ? name : Names.GetOrAdd(name, name);
    }

    /// <summary>The text on which the reader stands, without making a new string of a known one.</summary>
    internal static string Intern(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped && Find(reader.ValueSpan) is { } known) return known;
        return Intern(WireText.Read(ref reader)!); // the caller saw that it is text
    }

    /// <summary>The text, without making a new string of a known one.</summary>
    internal static string Intern(ReadOnlySpan<byte> utf8) => Find(utf8) ?? Intern(Encoding.UTF8.GetString(utf8));

    /// <summary>The known string of a text, found without making one; <c>null</c> when it is not known.</summary>
    internal static string? Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept) return null;
        Span<char> text = stackalloc char[LongestKept];
        return Encoding.UTF8.TryGetChars(utf8, text, out var length) && NamesBySpan.TryGetValue(text[..length], out var known) ? known : null;
    }
}
