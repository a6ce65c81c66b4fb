using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CeleryNet.Serialization.Converters;

/// <summary>The user's own types, through the metadata of a <c>JsonSerializerContext</c>.</summary>
internal static class JsonTypes
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<IJsonTypeInfoResolver, JsonSerializerOptions> OptionsOfResolvers = [];

    internal static bool Has(Type type, WireOptions options) =>
        options.JsonTypes is { } resolver && OptionsOf(resolver).TryGetTypeInfo(type, out _);

    internal static void Write(Utf8JsonWriter writer, object value, Type type, WireOptions options)
    {
        try
        {
            JsonSerializer.Serialize(writer, value, InfoOf(type, options));
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw WireError.Cannot($"a value of type {type} could not be written: {error.Message}", error);
        }
    }

    internal static JsonTypeInfo InfoOf(Type type, WireOptions options) =>
        options.JsonTypes is { } resolver && OptionsOf(resolver).TryGetTypeInfo(type, out var info)
            ? info
            : throw WireError.Cannot($"type {type} has no JSON metadata; add [JsonSerializable(typeof({type.Name}))] to a JsonSerializerContext and pass it to UseJsonContext");

    // A context keeps its own options (naming policy, converters); a combined resolver gets plain ones.
    private static JsonSerializerOptions OptionsOf(IJsonTypeInfoResolver resolver) => OptionsOfResolvers.GetValue(
        resolver,
        static resolver => resolver is System.Text.Json.Serialization.JsonSerializerContext context
            ? context.Options
            : new JsonSerializerOptions { TypeInfoResolver = resolver });
}

/// <summary>One of the user's own types.</summary>
internal sealed class JsonTypeConverter<T> : WireConverter<T?>
{
    public override void Write(Utf8JsonWriter writer, T? value, WireOptions options)
    {
        if (value is null) writer.WriteNullValue();
        else JsonTypes.Write(writer, value, typeof(T), options);
    }

    public override T? Read(ref Utf8JsonReader reader, WireOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)JsonTypes.InfoOf(typeof(T), options));
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw WireError.Cannot($"the JSON does not fit {typeof(T).Name}: {error.Message}", error);
        }
    }
}

/// <summary>JSON as it stands.</summary>
internal sealed class JsonElementConverter : WireConverter<JsonElement>
{
    public override void Write(Utf8JsonWriter writer, JsonElement value, WireOptions options)
    {
        if (value.ValueKind == JsonValueKind.Undefined) writer.WriteNullValue();
        else value.WriteTo(writer);
    }

    public override JsonElement Read(ref Utf8JsonReader reader, WireOptions options) => JsonElement.ParseValue(ref reader);
}
