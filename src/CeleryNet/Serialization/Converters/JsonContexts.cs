using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CeleryNet.Serialization.Converters;

/// <summary>Several contexts, each with its own options (naming policy, converters): the first that knows a type has it.</summary>
internal sealed class JsonContexts(IReadOnlyList<JsonSerializerContext> contexts) : IJsonTypeInfoResolver
{
    internal JsonTypeInfo? Find(Type type)
    {
        foreach (var context in contexts)
        {
            if (context.GetTypeInfo(type) is { } info) return info;
        }

        return null;
    }

    JsonTypeInfo? IJsonTypeInfoResolver.GetTypeInfo(Type type, JsonSerializerOptions options)
    {
        foreach (IJsonTypeInfoResolver context in contexts)
        {
            if (context.GetTypeInfo(type, options) is { } info) return info;
        }

        return null;
    }
}
