using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Writes events of one node with the fields that all of them have, in Celery's order. Thread-safe.</summary>
internal sealed class EventWriter(string nodeName, LamportClock clock, TimeProvider time)
{
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode(EventFields.Timestamp);
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode(EventFields.Type);

    private volatile Beginning? _beginning;

    /// <summary>Writes one event.</summary>
    /// <param name="buffer">Where to; an empty one.</param>
    /// <param name="type">Its type.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has.</param>
    internal void Write<TState>(WireBuffer buffer, string type, TState state, Action<Utf8JsonWriter, TState> fields)
    {
        var now = time.GetUtcNow();
        var json = buffer.Json;
        buffer.Write(BeginningAt(now)); // up to the value of the clock; the writer, which validates nothing, goes on as if it had written that
        json.WriteNumberValue(clock.Forward());
        fields(json, state);
        WriteSeconds(json, Timestamp, now - DateTimeOffset.UnixEpoch);
        json.WriteString(Type, type);
        json.WriteEndObject();
        buffer.Flush();
    }

    /// <summary>Writes seconds with a decimal point, so that Python always reads a float.</summary>
    internal static void WriteSeconds(Utf8JsonWriter json, JsonEncodedText name, TimeSpan value)
    {
        const int Decimals = 7; // of a tick
        Span<byte> text = stackalloc byte[24]; // 12 digits, the point and 7 more at most
        var ticks = Math.Max(0, value.Ticks);
        Utf8Formatter.TryFormat(ticks, text, out var length, new StandardFormat('D', Decimals + 1));
        text[(length - Decimals)..length].CopyTo(text[(length - Decimals + 1)..]);
        text[length - Decimals] = (byte)'.';
        json.WritePropertyName(name);
        json.WriteRawValue(text[..(length + 1)], skipInputValidation: true);
    }

    // The same for all events but for the offset, which changes at full minutes only.
    private byte[] BeginningAt(DateTimeOffset now)
    {
        var minute = now.UtcTicks / TimeSpan.TicksPerMinute;
        if (_beginning is { } known && known.Minute == minute) return known.Json;

        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString(EventFields.NodeName, nodeName);
        json.WriteNumber(EventFields.UtcOffset, HoursWest(now));
        json.WriteNumber(EventFields.ProcessId, Environment.ProcessId);
        json.WritePropertyName(EventFields.Clock);
        buffer.Flush();
        var made = new Beginning(minute, buffer.Span.ToArray());
        _beginning = made;
        return made.Json;
    }

    // Python's time.timezone // 3600: west is positive, and halves of an hour go down.
    private int HoursWest(DateTimeOffset now) => (int)Math.Floor(-time.LocalTimeZone.GetUtcOffset(now).TotalHours);

    private sealed record Beginning(long Minute, byte[] Json);
}
