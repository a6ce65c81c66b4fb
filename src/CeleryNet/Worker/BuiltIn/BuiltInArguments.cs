using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>The arguments of a built-in task by name, as JSON.</summary>
internal sealed class BuiltInArguments
{
    private readonly string _function;
    private readonly JsonFields _values;

    /// <summary>Reads them.</summary>
    /// <param name="function">Name in errors.</param>
    /// <param name="body">Where from.</param>
    /// <param name="names">Names of the positional ones.</param>
    /// <exception cref="TaskArgumentException">There are too many.</exception>
    internal BuiltInArguments(string function, in TaskBody body, params ReadOnlySpan<string> names)
    {
        _function = function;
        _values = JsonParts.Fields(body.KeywordArguments);
        var positional = JsonParts.Split(body.Arguments);
        if (positional.Count > names.Length) throw new TaskArgumentException($"{function}() takes {names.Length} positional arguments but {positional.Count} were given");
        for (var i = 0; i < positional.Count; i++) _values.Set(names[i], positional[i]);
    }

    /// <summary>An argument; empty when it is absent or null.</summary>
    internal ReadOnlyMemory<byte> this[string name] => _values[name];

    /// <summary>An argument that must be there.</summary>
    /// <exception cref="TaskArgumentException">It is not.</exception>
    internal ReadOnlyMemory<byte> Required(string name) =>
        _values.Has(name) ? _values[name] : throw new TaskArgumentException($"{_function}() missing 1 required argument: '{name}'");

    /// <summary>A number of seconds.</summary>
    internal double? Number(string name) =>
        System.Buffers.Text.Utf8Parser.TryParse(_values[name].Span, out double number, out var read) && read == _values[name].Length ? number : null;
}
