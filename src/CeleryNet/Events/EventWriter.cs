using System.Buffers;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Writes events of one node with the fields that all of them have, in Celery's order. Thread-safe, but for <see cref="WritePlain"/>, whose callers take turns.</summary>
internal sealed class EventWriter(string nodeName, LamportClock clock, TimeProvider time)
{
    private static readonly JsonEncodedText Timestamp = JsonEncodedText.Encode(EventFields.Timestamp);
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode(EventFields.Type);

    // What a plain event takes besides its beginning, its type and its own fields: two numbers of at most 20 and 22 bytes, two names.
    private const int CommonBytes = 80;

    // For so long a moment is told by the monotonic clock alone; a step of the wall clock is seen after that.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    // Numbers of the clock that plain events take at once: whoever counts it on another processor costs 30 ns.
    private const int Reserved = 64;

    private readonly double _ticksPerStamp = TimeSpan.TicksPerSecond / (double)time.TimestampFrequency;
    private volatile Beginning? _beginning;
    private long _number; // the last that a plain event has
    private long _lastReserved;

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

    /// <summary>Writes one event that has nothing to escape: the same bytes in a fraction of the time.</summary>
    /// <param name="buffer">Where to, behind what it holds.</param>
    /// <param name="type">Its type.</param>
    /// <param name="at">When it happened: timestamp of the clock, which is asked often enough without the events.</param>
    /// <param name="size">How many bytes the fields take at most.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has, each with a comma before it.</param>
    internal void WritePlain<TState>(IBufferWriter<byte> buffer, string type, long at, int size, TState state, PlainFields<TState> fields)
    {
        var beginning = _beginning;
        if (beginning is null || TicksBetween(beginning, at) > Fresh.Ticks) beginning = Begin(time.GetUtcNow());
        var json = new PlainJson(buffer.GetSpan(beginning.Json.Length + size + type.Length + CommonBytes));
        json.Raw(beginning.Json);
        json.Number(NextNumber());
        fields(ref json, state);
        json.Raw(",\"timestamp\":"u8);
        json.Seconds(new TimeSpan(beginning.SinceEpoch.Ticks + TicksBetween(beginning, at)));
        json.Text(",\"type\":"u8, type);
        json.Raw("}"u8);
        buffer.Advance(json.Count);
    }

    /// <summary>Writes seconds with a decimal point, so that Python always reads a float.</summary>
    internal static void WriteSeconds(Utf8JsonWriter json, JsonEncodedText name, TimeSpan value)
    {
        var text = new PlainJson(stackalloc byte[24]); // 12 digits, the point and 7 more at most
        text.Seconds(value);
        json.WritePropertyName(name);
        json.WriteRawValue(text.Written, skipInputValidation: true);
    }

    // The same for all events but for the offset, which changes at full minutes only.
    private byte[] BeginningAt(DateTimeOffset now)
    {
        var known = _beginning;
        return known is not null && Minute(known.SinceEpoch) == Minute(now - DateTimeOffset.UnixEpoch) ? known.Json : Begin(now).Json;
    }

    private Beginning Begin(DateTimeOffset now)
    {
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString(EventFields.NodeName, nodeName);
        json.WriteNumber(EventFields.UtcOffset, HoursWest(now));
        json.WriteNumber(EventFields.ProcessId, Environment.ProcessId);
        json.WritePropertyName(EventFields.Clock);
        buffer.Flush();
        return _beginning = new Beginning(time.GetTimestamp(), now - DateTimeOffset.UnixEpoch, buffer.Span.ToArray());
    }

    private long TicksBetween(Beginning beginning, long at) => (long)((at - beginning.Timestamp) * _ticksPerStamp);

    // Only while nobody else counts: an event has a higher number than all that this node has sent and received before.
    private long NextNumber()
    {
        if (_number == _lastReserved || clock.Value != _lastReserved)
        {
            _lastReserved = clock.Forward(Reserved);
            _number = _lastReserved - Reserved;
        }

        return ++_number;
    }

    private static long Minute(TimeSpan sinceEpoch) => sinceEpoch.Ticks / TimeSpan.TicksPerMinute;

    // Python's time.timezone // 3600: west is positive, and halves of an hour go down.
    private int HoursWest(DateTimeOffset now) => (int)Math.Floor(-time.LocalTimeZone.GetUtcOffset(now).TotalHours);

    // One moment by both clocks, and what events of about that moment begin with.
    private sealed record Beginning(long Timestamp, TimeSpan SinceEpoch, byte[] Json);
}
