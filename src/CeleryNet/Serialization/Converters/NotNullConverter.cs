using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

/// <summary>Keeps null out of what is declared without a question mark: elements of lists, values of dictionaries, results.</summary>
internal sealed class NotNullConverter<T>(WireConverter<T?> inner) : WireConverter<T> where T : class
{
    public override void Write(Utf8JsonWriter writer, T value, WireOptions options) => inner.Write(writer, value, options);

    public override T Read(ref Utf8JsonReader reader, WireOptions options) =>
        inner.Read(ref reader, options) ?? throw WireError.Cannot("null where a value is required");
}
