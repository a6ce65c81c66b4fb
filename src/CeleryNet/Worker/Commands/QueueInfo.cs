using System.Globalization;
using System.Text.Json;
using CeleryNet.Brokers;

namespace CeleryNet.Worker.Commands;

/// <summary>Writes a queue as kombu's <c>Queue.as_dict</c> shows it.</summary>
internal static class QueueInfo
{
    internal static void Write(Utf8JsonWriter reply, QueueDefinition queue)
    {
        reply.WriteStartObject();
        reply.WriteString("name"u8, queue.Name);
        reply.WriteStartObject("exchange"u8);
        reply.WriteString("name"u8, queue.Exchange);
        reply.WriteString("type"u8, queue.ExchangeType);
        reply.WriteNull("arguments"u8);
        reply.WriteBoolean("durable"u8, queue.IsDurable);
        reply.WriteBoolean("passive"u8, false);
        reply.WriteBoolean("auto_delete"u8, false);
        reply.WriteNull("delivery_mode"u8);
        reply.WriteBoolean("no_declare"u8, false);
        reply.WriteEndObject();
        reply.WriteString("routing_key"u8, queue.RoutingKey);
        reply.WritePropertyName("queue_arguments"u8);
        WriteArguments(reply, queue.Arguments);
        reply.WriteNull("binding_arguments"u8);
        reply.WriteNull("consumer_arguments"u8);
        reply.WriteBoolean("durable"u8, queue.IsDurable);
        reply.WriteBoolean("exclusive"u8, false);
        reply.WriteBoolean("auto_delete"u8, false);
        reply.WriteBoolean("no_ack"u8, false);
        reply.WriteNull("alias"u8);
        reply.WriteStartArray("bindings"u8);
        reply.WriteEndArray();
        // Where these are set they are among the arguments.
        foreach (var absent in (ReadOnlySpan<string>)["no_declare", "expires", "message_ttl", "max_length", "max_length_bytes", "max_priority"]) reply.WriteNull(absent);
        reply.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter reply, IReadOnlyDictionary<string, object?> arguments)
    {
        if (arguments.Count == 0)
        {
            reply.WriteNullValue();
            return;
        }

        reply.WriteStartObject();
        foreach (var (name, value) in arguments)
        {
            reply.WritePropertyName(name);
            switch (value)
            {
                case null: reply.WriteNullValue(); break;
                case bool flag: reply.WriteBooleanValue(flag); break;
                case double number: reply.WriteNumberValue(number); break;
                case byte or sbyte or short or ushort or int or uint or long: reply.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                default: reply.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }

        reply.WriteEndObject();
    }
}
