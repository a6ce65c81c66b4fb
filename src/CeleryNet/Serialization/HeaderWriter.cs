using System.Text.Json;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>Writes the headers of a message as a JSON object.</summary>
internal static class HeaderWriter
{
    private static readonly JsonEncodedText[] Names = [.. HeaderTable.Known.Select(name => JsonEncodedText.Encode(name))];
    private static readonly WireOptions PlainOptions = new();

    internal static void Write(Utf8JsonWriter json, TaskMessage message)
    {
        var next = 0; // names are written in the order of HeaderTable.Known
        json.WriteStartObject();
        json.WriteString(Names[next++], message.Language);
        json.WriteString(Names[next++], message.TaskName);
        json.WriteString(Names[next++], message.Id);
        json.WriteString(Names[next++], message.Shadow);
        WriteMoment(json, Names[next++], message.Eta);
        WriteMoment(json, Names[next++], message.Expires);
        json.WriteString(Names[next++], message.GroupId);
        if (message.GroupIndex is { } index) json.WriteNumber(Names[next++], index);
        else json.WriteNull(Names[next++]);
        json.WriteNumber(Names[next++], message.Retries);
        json.WriteStartArray(Names[next++]);
        WriteSeconds(json, message.TimeLimit);
        WriteSeconds(json, message.SoftTimeLimit);
        json.WriteEndArray();
        json.WriteString(Names[next++], message.RootId);
        json.WriteString(Names[next++], message.ParentId);
        json.WriteString(Names[next++], message.ArgsRepr);
        json.WriteString(Names[next++], message.KwargsRepr);
        json.WriteString(Names[next++], message.Origin);
        json.WriteBoolean(Names[next++], message.IgnoreResult ?? false);
        WriteNewer(json, Names.AsSpan(next, 3), message);
        if (message.Compression is not null) json.WriteString(Names[next + 3], message.Compression);
        if (message.CustomHeaders is { } custom)
        {
            foreach (var (name, value) in custom)
            {
                if (Array.IndexOf(HeaderTable.Known, name) >= 0) continue; // the protocol's own are set by options, never twice
                json.WritePropertyName(name);
                WireConverters.Any.Write(json, value, PlainOptions);
            }
        }

        json.WriteEndObject();
    }

    // Of Celery 5.3 and later, see HeaderTable: left out when they say nothing.
    private static void WriteNewer(Utf8JsonWriter json, ReadOnlySpan<JsonEncodedText> names, TaskMessage message)
    {
        if (message.ReplacedTaskNesting != 0) json.WriteNumber(names[0], message.ReplacedTaskNesting);
        if (!HeaderTable.HasStamps(message)) return;
        json.WritePropertyName(names[1]);
        WireConverters.Any.Write(json, message.StampedHeaders, PlainOptions);
        json.WritePropertyName(names[2]);
        WireConverters.Any.Write(json, message.Stamps ?? HeaderTable.NoStamps, PlainOptions);
    }

    private static void WriteMoment(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset? moment)
    {
        if (moment is not { } value)
        {
            json.WriteNull(name);
            return;
        }

        Span<byte> text = stackalloc byte[WireTime.Length];
        WireTime.Format(value, text);
        json.WriteString(name, text);
    }

    private static void WriteSeconds(Utf8JsonWriter json, TimeSpan? limit)
    {
        if (limit is not { } span) json.WriteNullValue();
        else if (span.Ticks % TimeSpan.TicksPerSecond == 0) json.WriteNumberValue((long)span.TotalSeconds);
        else json.WriteNumberValue(span.TotalSeconds);
    }
}
