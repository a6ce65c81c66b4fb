using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>One string per task name, routing key, language and origin: a worker reads the same few over and over.</summary>
internal static class TaskNames
{
    // A stranger may send names without end; real systems have far fewer.
    private const int MostKept = 4096;
    private const int LongestKept = 256;

    private static readonly ConcurrentDictionary<string, string> Names = new();
    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> ByText = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    [return: NotNullIfNotNull(nameof(name))]
    internal static string? Intern(string? name)
    {
        if (name is null) return null;
        if (Names.TryGetValue(name, out var known)) return known;
        return name.Length > LongestKept || Names.Count >= MostKept ? name : Names.GetOrAdd(name, name);
    }

    /// <summary>The known string of a JSON text, found without making one; <c>null</c> when it is not known, not ASCII, escaped, or no text.</summary>
    internal static string? Find(ref Utf8JsonReader reader) =>
        reader is { TokenType: JsonTokenType.String, HasValueSequence: false, ValueIsEscaped: false } ? Find(reader.ValueSpan) : null;

    /// <summary>The known string of a text, found without making one; <c>null</c> when it is not known or not ASCII.</summary>
    internal static string? Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept) return null;
        Span<char> text = stackalloc char[LongestKept];
        return Ascii.ToUtf16(utf8, text, out var length) == OperationStatus.Done && ByText.TryGetValue(text[..length], out var known) ? known : null;
    }
}
