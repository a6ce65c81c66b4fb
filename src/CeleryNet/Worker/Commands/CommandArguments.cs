using System.Globalization;
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

    internal static bool Terminate(JsonElement arguments) => Flag(arguments, "terminate"u8);

    /// <summary>True when the argument is given and not null.</summary>
    internal static bool Has(JsonElement arguments, ReadOnlySpan<byte> name, out JsonElement value)
    {
        value = default;
        return arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    internal static bool Flag(JsonElement arguments, ReadOnlySpan<byte> name) => Has(arguments, name, out var flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>A whole number; <c>null</c> when it is not given. The command line may send it as text.</summary>
    internal static int? Integer(JsonElement arguments, string name)
    {
        if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        return value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            ? number
            : throw Bad($"argument '{name}' is not a whole number");
    }

    /// <summary>One text, or a value that has one; <c>null</c> when it is not given.</summary>
    internal static string? OptionalText(JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? Read(value, own => TextOf(own, name))
            : null;

    /// <summary>Refuses every argument, in the words of a Python function that takes none.</summary>
    internal static void None(JsonElement arguments, string method) => Only(arguments, method);

    /// <summary>Refuses every argument but these.</summary>
    internal static void Only(JsonElement arguments, string method, params ReadOnlySpan<string> known)
    {
        if (arguments.ValueKind != JsonValueKind.Object) return;
        foreach (var argument in arguments.EnumerateObject())
        {
            if (!known.Contains(argument.Name)) throw Bad($"{method}() got an unexpected keyword argument '{Printable.Limit(argument.Name)}'");
        }
    }

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
