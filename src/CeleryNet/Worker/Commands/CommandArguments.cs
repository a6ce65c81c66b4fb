using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;

namespace CeleryNet.Worker.Commands;

/// <summary>Reads the arguments of commands.</summary>
internal static class CommandArguments
{
    private const int LongestQueue = 255; // what AMQP carries

    /// <summary>One value, or a list of values. As many as a worker remembers are read, no more.</summary>
    internal static List<string> Texts(JsonElement arguments, string name)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out var value)) throw Bad($"it has no argument '{Printable.Limit(name)}'");
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Take(RevocationTable.Most).Select(element => TextOf(element, name))]
            : [TextOf(value, name)];
    }

    /// <summary>Reads names and texts: those that are no Unicode, such as half of a surrogate pair, are found out only when they are asked for.</summary>
    internal static T Read<T>(JsonElement arguments, Func<JsonElement, T> read)
    {
        try
        {
            return read(arguments);
        }
        catch (InvalidOperationException error)
        {
            throw new MessageFormatException(ErrorCodes.BadMessage, $"its arguments cannot be read: {Printable.Limit(error.Message)}", error);
        }
    }

    internal static bool Terminate(JsonElement arguments) => arguments.TryGetProperty("terminate"u8, out var terminate) && terminate.ValueKind == JsonValueKind.True;

    /// <summary>The argument <c>queue</c>.</summary>
    internal static string Queue(JsonElement arguments) => Text(arguments, "queue") is { Length: > 0 } queue && System.Text.Encoding.UTF8.GetByteCount(queue) <= LongestQueue
        ? queue
        : throw Bad($"it has no argument 'queue' that is a name of 1 to {LongestQueue} bytes");

    /// <summary>One text; <c>null</c> when it is missing or null.</summary>
    internal static string? Text(JsonElement arguments, string name)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Bad($"argument '{name}' is not a text");
    }

    /// <summary>True for a request that is there for Python workers only: C# workers know of the pause without it.</summary>
    internal static bool IsOfPause(JsonElement arguments) => arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(ControlMessages.OfPause, out _);

    internal static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);

    private static string TextOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!, // a string, so not null
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? RevocationTable.TextOf(whole)! : RevocationTable.TextOf(value.GetDouble())!, // numbers have a text
        _ => throw Bad($"argument '{Printable.Limit(name)}' holds {value.ValueKind}, not a text"),
    };
}
