using System.Globalization;
using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;

namespace CeleryNet.Sql.Publishing;

/// <summary>The declaration of a queue as JSON: the same text for the same declaration.</summary>
internal static class QueueJson
{
    /// <summary>Durability and arguments alone: what a second declaration must agree in.</summary>
    internal static string WriteArguments(QueueDefinition queue) => Write(queue, WriteTable);

    /// <summary>Everything.</summary>
    internal static string Write(QueueDefinition queue) => Write(queue, static (json, queue) =>
    {
        json.WriteString("name", queue.Name);
        json.WriteString("exchange", queue.Exchange);
        json.WriteString("type", queue.ExchangeType);
        json.WriteString("key", queue.RoutingKey);
        json.WriteStartObject("table");
        WriteTable(json, queue);
        json.WriteEndObject();
    });

    /// <summary>Reads what <see cref="Write(QueueDefinition)"/> wrote.</summary>
    internal static QueueDefinition Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        var queue = new QueueDefinition(Text("name")) { Exchange = Text("exchange"), ExchangeType = Text("type"), RoutingKey = Text("key") };
        foreach (var argument in root.GetProperty("table").EnumerateObject())
        {
            queue = argument.Name == Durable
                ? queue with { IsDurable = argument.Value.GetBoolean() }
                : queue.WithArgument(argument.Name, Value(argument.Value));
        }

        return queue;

        string Text(string name) => root.GetProperty(name).GetString() ?? "";
    }

    private const string Durable = "durable";

    private static string Write(QueueDefinition queue, Action<Utf8JsonWriter, QueueDefinition> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json, queue);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    // Sorted, so that equal declarations are equal texts.
    private static void WriteTable(Utf8JsonWriter json, QueueDefinition queue)
    {
        json.WriteBoolean(Durable, queue.IsDurable);
        foreach (var (name, value) in queue.Arguments.OrderBy(static argument => argument.Key, StringComparer.Ordinal))
        {
            if (value is null) json.WriteNull(name);
            else if (value is bool flag) json.WriteBoolean(name, flag);
            else if (value is sbyte or byte or short or ushort or int or uint or long) json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            else json.WriteString(name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    // As an int where it fits, as declarations are written in code: brokers compare values with their types.
    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt32(out var small) ? small : value.GetInt64(),
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}
