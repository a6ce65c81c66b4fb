namespace CeleryNet.SourceGenerator.Writing;

/// <summary>The composed converters of a class, each made once. Simple ones are used from the library as they are.</summary>
internal sealed class ConverterFields
{
    private const string Holder = "Converters";

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _fields = [];

    /// <summary>How to refer to a converter.</summary>
    /// <param name="expression">What composes it.</param>
    /// <param name="type">The type it converts.</param>
    internal string Use(string expression, string type)
    {
        if (!expression.Contains('(')) return expression;
        if (_names.TryGetValue(expression, out var name)) return $"{Holder}.{name}";
        name = $"Converter{_fields.Count + 1}";
        _names.Add(expression, name);
        _fields.Add($"internal static readonly {Names.Serialization}.WireConverter<{type}> {name} = {expression};");
        return $"{Holder}.{name}";
    }

    /// <summary>Writes the fields.</summary>
    internal void Write(SourceWriter writer)
    {
        if (_fields.Count == 0) return;
        writer.Line();
        writer.Open($"private static class {Holder}");
        foreach (var field in _fields) writer.Line(field);
        writer.Close();
    }
}
