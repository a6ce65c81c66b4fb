using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Tests.Serialization;

namespace CeleryNet.Tests.Events;

/// <summary>Event messages that real Celery sent.</summary>
internal static class GoldenEvent
{
    /// <summary>The whole message, as a receiver on Redis gets it.</summary>
    internal static Broadcast Message(string name)
    {
        var content = PlainEnvelope.Read(GoldenFile.Envelope(name), new WireOptions());
        return new Broadcast
        {
            Exchange = new BroadcastExchange(content.Exchange, "topic", true),
            RoutingKey = content.RoutingKey,
            Headers = content.Headers,
            ContentType = content.ContentType,
            ContentEncoding = content.ContentEncoding,
            Body = content.Body,
        };
    }

    /// <summary>The event of a type, alone or as first of its type in a list.</summary>
    internal static JsonElement Of(string type)
    {
        var file = GoldenFile.Names("events").Single(name => name.StartsWith("c526/", StringComparison.Ordinal) && name.Split('/')[^1].Split('.')[0] == type);
        return Parse(Message(file).Body).First(told => told.GetProperty("type").GetString() == type);
    }

    /// <summary>The events of a body.</summary>
    internal static List<JsonElement> Parse(ReadOnlyMemory<byte> body)
    {
        var root = JsonElement.Parse(body.Span);
        return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
    }

    /// <summary>Field names in their order, each with the kind of its value; whole and broken numbers are told apart, as Python does.</summary>
    internal static IEnumerable<string> Shape(JsonElement told) => told.EnumerateObject().Select(field => $"{field.Name}: {Kind(field.Value)}");

    internal static Broadcast Sent(string json, string routingKey = "task.multi") =>
        new() { Exchange = new BroadcastExchange("celeryev", "topic", true), RoutingKey = routingKey, Body = Encoding.UTF8.GetBytes(json) };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Number => value.GetRawText().Contains('.', StringComparison.Ordinal) ? "float" : "int",
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Kind))}]",
        var kind => kind.ToString(),
    };
}
