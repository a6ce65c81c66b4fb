using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Writes events of one node with the fields that all of them have, in Celery's order. Thread-safe.</summary>
internal sealed class EventWriter(string nodeName, LamportClock clock, TimeProvider time)
{
    /// <summary>Writes one event.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="type">Its type.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has.</param>
    internal void Write<TState>(WireBuffer buffer, string type, TState state, Action<Utf8JsonWriter, TState> fields)
    {
        var now = time.GetUtcNow();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString(EventFields.NodeName, nodeName);
        json.WriteNumber(EventFields.UtcOffset, HoursWest(now));
        json.WriteNumber(EventFields.ProcessId, Environment.ProcessId);
        json.WriteNumber(EventFields.Clock, clock.Forward());
        fields(json, state);
        WriteSeconds(json, EventFields.Timestamp, now - DateTimeOffset.UnixEpoch);
        json.WriteString(EventFields.Type, type);
        json.WriteEndObject();
        buffer.Flush();
    }

    /// <summary>Writes seconds with a decimal point, so that Python always reads a float.</summary>
    internal static void WriteSeconds(Utf8JsonWriter json, string name, TimeSpan value)
    {
        var ticks = Math.Max(0, value.Ticks);
        Span<byte> text = stackalloc byte[32]; // 12 digits, the point and 7 more at most
        Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond:D7}", out var length);
        json.WritePropertyName(name);
        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    // Python's time.timezone // 3600: west is positive, and halves of an hour go down.
    private int HoursWest(DateTimeOffset now) => (int)Math.Floor(-time.LocalTimeZone.GetUtcOffset(now).TotalHours);
}
