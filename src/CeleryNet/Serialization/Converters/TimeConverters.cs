using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

/// <summary>Moments, always written in UTC with six digits.</summary>
internal sealed class DateTimeOffsetConverter : WireConverter<DateTimeOffset>
{
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, WireOptions options) => MomentText.Write(writer, value, options);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, WireOptions options) => MomentText.Read(ref reader);
}

/// <summary>Date and time. Local times are written as UTC; unspecified ones without zone, as Python's naive ones, which come back unspecified.</summary>
internal sealed class DateTimeConverter : WireConverter<DateTime>
{
    private const string Naive = "yyyy-MM-dd'T'HH:mm:ss.ffffff";

    public override void Write(Utf8JsonWriter writer, DateTime value, WireOptions options)
    {
        if (value.Kind != DateTimeKind.Unspecified)
        {
            MomentText.Write(writer, value.ToUniversalTime(), options);
            return;
        }

        Span<char> text = stackalloc char[26];
        value.TryFormat(text, out _, Naive, CultureInfo.InvariantCulture);
        if (options.WriteTypedValues) TypedValue.WriteText(writer, "datetime", text);
        else writer.WriteStringValue(text);
    }

    public override DateTime Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type is "datetime" or "date") return Read(ref inner, options);
        if (reader.TokenType == JsonTokenType.String && WireText.Read(ref reader) is { } text && WireTime.TryParse(text, out var moment))
            return MomentText.HasZone(text) ? moment.UtcDateTime : DateTime.SpecifyKind(moment.UtcDateTime, DateTimeKind.Unspecified);
        throw WireError.Expected("a date and time, ISO 8601", ref reader);
    }
}

/// <summary>Dates; the midnight form of Celery up to 5.2 is read too.</summary>
internal sealed class DateOnlyConverter : WireConverter<DateOnly>
{
    public override void Write(Utf8JsonWriter writer, DateOnly value, WireOptions options)
    {
        Span<char> text = stackalloc char[10];
        value.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (options.WriteTypedValues) TypedValue.WriteText(writer, "date", text);
        else writer.WriteStringValue(text);
    }

    public override DateOnly Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type is "date" or "datetime") return Read(ref inner, options);
        return reader.TokenType == JsonTokenType.String && WireText.Read(ref reader) is { Length: >= 10 } text && (text.Length == 10 || WireTime.TryParse(text, out _))
            && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value
            : throw WireError.Expected("a date, yyyy-MM-dd", ref reader);
    }
}

internal sealed class TimeOnlyConverter : WireConverter<TimeOnly>
{
    public override void Write(Utf8JsonWriter writer, TimeOnly value, WireOptions options)
    {
        Span<char> text = stackalloc char[15];
        value.TryFormat(text, out _, "HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        if (options.WriteTypedValues) TypedValue.WriteText(writer, "time", text);
        else writer.WriteStringValue(text);
    }

    public override TimeOnly Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type == "time") return Read(ref inner, options);
        return reader.TokenType == JsonTokenType.String && TimeOnly.TryParse(WireText.Read(ref reader), CultureInfo.InvariantCulture, out var value)
            ? value
            : throw WireError.Expected("a time, HH:mm:ss", ref reader);
    }
}

/// <summary>Durations in seconds, since Python has no JSON form of a timedelta; the text form <c>d.hh:mm:ss</c> is read too.</summary>
internal sealed class TimeSpanConverter : WireConverter<TimeSpan>
{
    public override void Write(Utf8JsonWriter writer, TimeSpan value, WireOptions options) =>
        WireConverters.Double.Write(writer, value.TotalSeconds, options);

    public override TimeSpan Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && WireTime.TryFromSeconds(seconds, out var duration)) return duration;
        return reader.TokenType == JsonTokenType.String && WireText.Read(ref reader) is { } text && text.Contains(':', StringComparison.Ordinal) // "5" alone would be five days
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw WireError.Expected("a duration in seconds", ref reader);
    }
}

internal static class MomentText
{
    internal static void Write(Utf8JsonWriter writer, DateTimeOffset value, WireOptions options)
    {
        if (options.WriteTypedValues)
        {
            TypedValue.WriteText(writer, "datetime", WireTime.Format(value));
            return;
        }

        // Raw, because the writer's default encoder would make \u002B of the plus sign.
        Span<byte> quoted = stackalloc byte[WireTime.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        WireTime.Format(value, quoted[1..]);
        writer.WriteRawValue(quoted, skipInputValidation: true);
    }

    internal static DateTimeOffset Read(ref Utf8JsonReader reader)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type is "datetime" or "date") return Read(ref inner);
        return reader.TokenType == JsonTokenType.String && WireText.Read(ref reader) is { } text && WireTime.TryParse(text, out var moment)
            ? moment
            : throw WireError.Expected("a date and time, ISO 8601", ref reader);
    }

    internal static bool HasZone(string text) => text.EndsWith('Z') || text.AsSpan(Math.Min(10, text.Length)).IndexOfAny('+', '-') >= 0;
}
