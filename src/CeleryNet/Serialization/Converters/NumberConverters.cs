using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace CeleryNet.Serialization.Converters;

/// <summary>Whole numbers up to 64 bits. A float without fraction is taken too, since Python may send <c>3.0</c>.</summary>
internal sealed class IntegerConverter<T> : WireConverter<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public override void Write(Utf8JsonWriter writer, T value, WireOptions options)
    {
        if (T.IsNegative(value)) writer.WriteNumberValue(long.CreateChecked(value));
        else writer.WriteNumberValue(ulong.CreateChecked(value));
    }

    public override T Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out var signed))
            {
                if (Fits(signed)) return T.CreateTruncating(signed);
            }
            else if (reader.TryGetUInt64(out var unsigned))
            {
                if (typeof(T) == typeof(ulong)) return T.CreateTruncating(unsigned);
            }
            else if (reader.TryGetDouble(out var real) && double.IsInteger(real) && Math.Abs(real) < 1L << 53 && Fits((long)real))
            {
                return T.CreateTruncating((long)real);
            }
        }

        throw WireError.Expected($"a whole number from {T.MinValue} to {T.MaxValue}", ref reader);
    }

    private static bool Fits(long value) =>
        typeof(T) == typeof(ulong) ? value >= 0 : value >= long.CreateTruncating(T.MinValue) && value <= long.CreateTruncating(T.MaxValue);
}

/// <summary>Floats, with NaN and the infinities as text, which <see cref="JsonDialect"/> also makes of Python's bare words.</summary>
internal sealed class FloatConverter<T> : WireConverter<T> where T : struct, IBinaryFloatingPointIeee754<T>
{
    public override void Write(Utf8JsonWriter writer, T value, WireOptions options)
    {
        var number = double.CreateChecked(value);
        if (!double.IsFinite(number))
        {
            // Python's json reads the bare words, and nothing else, as these floats.
            writer.WriteRawValue(double.IsNaN(number) ? "NaN"u8 : number > 0 ? "Infinity"u8 : "-Infinity"u8, skipInputValidation: true);
            return;
        }

        // Python tells 1.0 from 1: a float keeps its point.
        Span<char> text = stackalloc char[40];
        if (!value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture)) throw WireError.Cannot("a float could not be written");
        if (text[..length].IndexOfAny('.', 'E') < 0)
        {
            ".0".CopyTo(text[length..]);
            length += 2;
        }

        Span<byte> utf8 = stackalloc byte[40];
        Ascii.FromUtf16(text[..length], utf8, out var written);
        writer.WriteRawValue(utf8[..written], skipInputValidation: true);
    }

    public override T Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)) return T.CreateSaturating(number);
        if (reader.TokenType == JsonTokenType.String)
        {
            if (JsonDialect.IsBareFloat(ref reader, out var bare)) return T.CreateSaturating(bare);
            if (reader.ValueTextEquals("NaN"u8)) return T.NaN;
            if (reader.ValueTextEquals("Infinity"u8)) return T.PositiveInfinity;
            if (reader.ValueTextEquals("-Infinity"u8)) return T.NegativeInfinity;
        }

        throw WireError.Expected("a number", ref reader);
    }
}

/// <summary>Whole numbers of any size.</summary>
internal sealed class BigIntegerConverter : WireConverter<BigInteger>
{
    // A million digits take seconds to convert: more than a task may ask of a worker before it even starts.
    private const int MaxDigits = 4300; // Python's own limit, sys.int_info.default_max_str_digits

    public override void Write(Utf8JsonWriter writer, BigInteger value, WireOptions options)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture);
        if (digits.Length > MaxDigits) throw TooLong(digits.Length);
        writer.WriteRawValue(value.Sign < 0 ? $"-{digits}" : digits, skipInputValidation: true);
    }

    public override BigInteger Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number) throw WireError.Expected("a whole number", ref reader);
        var digits = reader.ValueSpan;
        var count = digits.Length - (digits[0] == (byte)'-' ? 1 : 0);
        if (count > MaxDigits) throw TooLong(count);
        return BigInteger.TryParse(Encoding.ASCII.GetString(digits), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw WireError.Expected("a whole number", ref reader);
    }

    private static MessageFormatException TooLong(int digits) => WireError.Cannot($"a whole number of {digits} digits is longer than the limit of {MaxDigits}");
}

/// <summary>Decimals: text, as Celery up to 5.2 writes them, or an envelope; numbers are read too.</summary>
internal sealed class DecimalConverter : WireConverter<decimal>
{
    public override void Write(Utf8JsonWriter writer, decimal value, WireOptions options)
    {
        Span<char> text = stackalloc char[32];
        value.TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        if (options.WriteTypedValues) TypedValue.WriteText(writer, "decimal", text[..length]);
        else writer.WriteStringValue(text[..length]);
    }

    public override decimal Read(ref Utf8JsonReader reader, WireOptions options)
    {
        if (TypedValue.TryOpen(ref reader, out var type, out var inner) && type == "decimal") return Read(ref inner, options);
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var number)) return number;
        return reader.TokenType == JsonTokenType.String
            && decimal.TryParse(WireText.Read(ref reader), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw WireError.Expected("a decimal number", ref reader);
    }
}
