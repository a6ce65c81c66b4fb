using System.Text.Json;

namespace CeleryNet.Serialization;

/// <summary>Writes the arguments of a call: first all positional ones, then the keyword ones.</summary>
/// <param name="json">Stands inside the list of positional arguments, or inside the object of keyword arguments.</param>
/// <param name="options">How values become bytes.</param>
public readonly ref struct ArgumentWriter(Utf8JsonWriter json, WireOptions options)
{
    private readonly Utf8JsonWriter _json = json;
    private readonly WireOptions _options = options;

    /// <summary>Writes the next positional argument.</summary>
    /// <exception cref="MessageFormatException">The value cannot be written.</exception>
    public void Positional<T>(T value, WireConverter<T> converter) => converter.Write(_json, value, _options);

    /// <summary>Writes a keyword argument.</summary>
    /// <exception cref="MessageFormatException">The value cannot be written.</exception>
    public void Keyword<T>(string name, T value, WireConverter<T> converter)
    {
        _json.WritePropertyName(name);
        converter.Write(_json, value, _options);
    }
}
