using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>Reads headers from JSON into a message. A header of the wrong type is a format error that names it.</summary>
internal static class HeaderReader
{
    /// <summary>Reads the object on whose start the reader stands.</summary>
    internal static void Read(TaskMessage message, ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"its headers are {WireError.Kind(reader.TokenType)}, not an object");

        var start = reader.TokenStartIndex;
        var next = 0;
        Dictionary<string, object?>? custom = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = KnownName(ref reader, ref next);
            if (name is null)
            {
                name = Converters.WireText.Read(ref reader)!; // a property has a name
                reader.Read();
                (custom ??= [])[name] = Plain(ref reader);
            }
            else
            {
                reader.Read();
                ReadKnown(message, name, ref reader);
            }

            if (reader.BytesConsumed - start > options.MaxHeaderBytes) throw TooLarge(options);
        }

        message.CustomHeaders = custom;
    }

    /// <summary>Reads the id alone, of headers that have something wrong in them, so that the failure can be stored.</summary>
    internal static void ReadId(TaskMessage message, Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String) message.Id ??= Converters.WireText.Read(ref reader);
            reader.Skip();
        }
    }

    /// <summary>Reads one header of the protocol; the reader stands on its value.</summary>
    internal static void ReadKnown(TaskMessage message, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        switch (name)
        {
            case TaskHeaders.TaskName:
                message.TaskName = reader.TokenType == JsonTokenType.String ? TaskNames.Intern(ref reader) : throw Wrong(name, reader.TokenType, "text");
                break;
            case TaskHeaders.Id: message.Id = Text(ref reader, name); break;
            case TaskHeaders.RootId:
                // Mostly the task's own id: no second string for it.
                message.RootId = message.Id is { } id && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(id) ? id : Text(ref reader, name);
                break;
            case TaskHeaders.Language: message.Language = reader.TokenType == JsonTokenType.String ? TaskNames.Intern(ref reader) : Display(ref reader); break;
            case TaskHeaders.Shadow: message.Shadow = Text(ref reader, name); break;
            case TaskHeaders.Eta: message.Eta = Moment(ref reader, name); break;
            case TaskHeaders.Expires: message.Expires = Moment(ref reader, name); break;
            case TaskHeaders.Group: message.GroupId = Text(ref reader, name); break;
            case TaskHeaders.GroupIndex: message.GroupIndex = Whole(ref reader, name); break;
            case TaskHeaders.Retries: message.Retries = Whole(ref reader, name); break;
            case TaskHeaders.TimeLimit: ReadLimits(message, ref reader); break;
            case TaskHeaders.ParentId: message.ParentId = Text(ref reader, name); break;
            case TaskHeaders.ArgsRepr: message.ArgsRepr = IsText(ref reader, "()"u8) ? "()" : Display(ref reader); break;
            case TaskHeaders.KwargsRepr: message.KwargsRepr = IsText(ref reader, "{}"u8) ? "{}" : Display(ref reader); break;
            case TaskHeaders.Origin: message.Origin = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped ? RecentOrigins.Get(reader.ValueSpan) : Display(ref reader); break;
            case TaskHeaders.IgnoreResult:
                message.IgnoreResult = reader.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False => false,
                    var other => throw Wrong(name, other, "true or false"),
                };
                break;
            case TaskHeaders.ReplacedTaskNesting: message.ReplacedTaskNesting = Whole(ref reader, name); break;
            case TaskHeaders.Compression: message.Compression = Text(ref reader, name); break;
            case TaskHeaders.StampedHeaders:
                var names = reader.TokenType == JsonTokenType.StartArray ? Plain(ref reader) as List<object?> : null;
                message.StampedHeaders = (names ?? throw Wrong(name, reader.TokenType, "a list")).OfType<string>().ToList();
                break;
            case TaskHeaders.Stamps when !SkipsEmpty(ref reader):
                var stamps = reader.TokenType == JsonTokenType.StartObject ? Plain(ref reader) as Dictionary<string, object?> : null;
                message.Stamps = (stamps ?? throw Wrong(name, reader.TokenType, "an object")) is { Count: > 0 } ? stamps : null;
                break;
        }
    }

    internal static string Text(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.String ? Converters.WireText.Read(ref reader)! : throw Wrong(name, reader.TokenType, "text");

    // Display texts decide nothing, so a wrong type is no reason to refuse the task.
    private static string? Display(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return Converters.WireText.Read(ref reader);
        reader.Skip();
        return null;
    }

    private static bool IsText(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8) => reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(utf8);

    // Nearly every message has an empty object of stamps; it is not worth a dictionary.
    private static bool SkipsEmpty(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        var probe = reader;
        if (!probe.Read() || probe.TokenType != JsonTokenType.EndObject) return false;
        reader = probe;
        return true;
    }

    private static int Whole(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : throw Wrong(name, reader.TokenType, "a whole number");

    private static DateTimeOffset Moment(ref Utf8JsonReader reader, string name) =>
        reader.TokenType == JsonTokenType.String && WireTime.TryParse(Converters.WireText.Read(ref reader), out var moment)
            ? moment
            : throw Wrong(name, reader.TokenType, "an ISO 8601 text");

    private static void ReadLimits(TaskMessage message, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong(TaskHeaders.TimeLimit, reader.TokenType, "[hard, soft]");
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            TimeSpan? limit = reader.TokenType switch
            {
                JsonTokenType.Null => null,
                JsonTokenType.Number when reader.TryGetDouble(out var seconds) && WireTime.TryFromSeconds(seconds, out var span) && span >= TimeSpan.Zero => span,
                var other => throw Wrong(TaskHeaders.TimeLimit, other, "[hard, soft] in seconds"),
            };
            if (count == 0) message.TimeLimit = limit;
            else if (count == 1) message.SoftTimeLimit = limit;
        }

        if (count != 2) throw Bad($"header '{TaskHeaders.TimeLimit}' has {count} elements, not [hard, soft]");
    }

    // Headers of strangers as they stand: a typed envelope among them is an object like any other.
    internal static object? Plain(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.String: return Converters.WireText.Read(ref reader);
            case JsonTokenType.Number: return reader.TryGetInt64(out var whole) ? whole : reader.TryGetDouble(out var real) ? real : null;
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) list.Add(Plain(ref reader));
                return list;
            case JsonTokenType.StartObject:
                var map = new Dictionary<string, object?>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = Converters.WireText.Read(ref reader)!; // a property has a name
                    reader.Read();
                    map[name] = Plain(ref reader);
                }

                return map;
            default: return null;
        }
    }

    // Starts where the last one was found: Python's headers come in the order of the table, and each is found at once.
    private static string? KnownName(ref Utf8JsonReader reader, ref int next)
    {
        for (var tried = 0; tried < Known.Length; tried++)
        {
            var index = (next + tried) % Known.Length;
            if (!reader.ValueTextEquals(Known[index].Utf8)) continue;
            next = index + 1;
            return Known[index].Name;
        }

        return null;
    }

    private static readonly (string Name, byte[] Utf8)[] Known = [.. HeaderTable.Known.Select(name => (name, System.Text.Encoding.ASCII.GetBytes(name)))];

    internal static MessageFormatException Wrong(string name, JsonTokenType got, string expected) => Bad($"header '{name}' is {WireError.Kind(got)}, not {expected}");

    internal static MessageFormatException TooLarge(WireOptions options) => Bad($"its headers have more than {options.MaxHeaderBytes} bytes (MaxHeaderBytes)");

    internal static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);
}
