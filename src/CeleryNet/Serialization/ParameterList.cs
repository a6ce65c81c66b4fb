using System.Text;

namespace CeleryNet.Serialization;

/// <summary>The parameters of a task as callers see them: names and which may be left out. Made once per task by generated code.</summary>
public sealed class ParameterList
{
    private const int MaxCount = 64; // the reader marks in one word which it has seen

    private readonly byte[][] _names;
    private readonly byte[][] _pythonNames;

    /// <summary>Creates the list.</summary>
    /// <param name="function">Name shown in errors, such as <c>Add</c>.</param>
    /// <param name="required">How many of the first parameters have no default.</param>
    /// <param name="names">Names in C#, in order, at most 64. Callers may also use the Python form: <c>maxWidth</c> is <c>max_width</c>.</param>
    public ParameterList(string function, int required, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Length, MaxCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(required, names.Length);
        Function = function;
        Required = required;
        Names = names;
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        _pythonNames = [.. names.Select(name => Encoding.UTF8.GetBytes(ToPython(name)))];
    }

    /// <summary>Name shown in errors.</summary>
    public string Function { get; }

    /// <summary>How many of the first parameters have no default.</summary>
    public int Required { get; }

    /// <summary>The names in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary><c>maxWidth</c> as <c>max_width</c>.</summary>
    public static string ToPython(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            // A new word starts at a capital after a small letter or digit, and at the last capital of a run: maxHTTPSize is max_http_size.
            var startsWord = char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    internal int IndexOf(ref System.Text.Json.Utf8JsonReader property)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (property.ValueTextEquals(_names[i]) || property.ValueTextEquals(_pythonNames[i])) return i;
        }

        return -1;
    }
}
