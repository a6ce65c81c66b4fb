using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Control;

/// <summary>A remote control request as it was received. Celery protocol, remote control.</summary>
/// <param name="Method">Name of the command.</param>
/// <param name="Arguments">Its arguments, an object; of kind <see cref="JsonValueKind.Undefined"/> when there are none.</param>
/// <param name="Target">Which workers are meant.</param>
internal sealed record ControlRequest(string Method, JsonElement Arguments, ControlTarget Target)
{
    /// <summary>Tells the client which of its requests a reply belongs to.</summary>
    internal string? Ticket { get; private init; }

    /// <summary>Exchange and key of the client that waits for the reply; <c>null</c> when none is wanted.</summary>
    internal (string Exchange, string RoutingKey)? ReplyTo { get; private init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="MessageFormatException">It is none; the message tells why.</exception>
    internal static ControlRequest Read(Broadcast message, int maxBytes, int maxDepth)
    {
        if (message.Body.Length > maxBytes) throw Bad($"it has {message.Body.Length} bytes, more than the limit of {maxBytes} (MaxBodyBytes)");
        if (message.ContentType is { } type && type != TaskMessage.JsonContentType)
            throw Bad($"its content type is '{Printable.Limit(type)}'; only {TaskMessage.JsonContentType} is accepted");
        try
        {
            using var document = JsonDocument.Parse(message.Body, new JsonDocumentOptions { MaxDepth = maxDepth });
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new MessageFormatException(ErrorCodes.BadMessage, $"it is not JSON: {Printable.Limit(error.Message)}", error);
        }
    }

    internal static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);

    private static ControlRequest Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Bad("it is not an object");
        if (!root.TryGetProperty("method"u8, out var method) || method.ValueKind != JsonValueKind.String) throw Bad("it has no text 'method'");
        var hasArguments = root.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind != JsonValueKind.Null;
        if (hasArguments && arguments.ValueKind != JsonValueKind.Object) throw Bad("its 'arguments' are not an object");
        return new ControlRequest(method.GetString()!, hasArguments ? arguments.Clone() : default, ControlTarget.Read(root)) // a string, checked above
        {
            Ticket = Text(root, "ticket"u8),
            ReplyTo = ReadAddress(root),
        };
    }

    private static (string Exchange, string RoutingKey)? ReadAddress(JsonElement root)
    {
        if (!root.TryGetProperty("reply_to"u8, out var address) || address.ValueKind == JsonValueKind.Null) return null;
        return address.ValueKind == JsonValueKind.Object && Text(address, "exchange"u8) is { } exchange && Text(address, "routing_key"u8) is { } key
            && ControlExchange.IsReplyAddress(exchange, key)
            ? (exchange, key)
            : throw Bad("its 'reply_to' is not the address of a client's reply queue");
    }

    private static string? Text(JsonElement element, ReadOnlySpan<byte> property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
