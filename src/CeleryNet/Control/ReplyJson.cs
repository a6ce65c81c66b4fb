using System.Text;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Control;

/// <summary>The common forms of replies.</summary>
internal static class ReplyJson
{
    /// <summary><c>{"ok": text}</c>.</summary>
    internal static void WriteOk(this Utf8JsonWriter reply, string text) => Write(reply, "ok"u8, text);

    /// <summary><c>{"error": text}</c>.</summary>
    internal static void WriteError(this Utf8JsonWriter reply, string text) => Write(reply, "error"u8, text);

    /// <summary>The <c>repr</c> of a Python exception: <c>KeyError('x')</c>.</summary>
    internal static string Repr(string pythonType, string message)
    {
        var text = new StringBuilder(pythonType).Append('(');
        PythonRepr.Quote(message, text);
        return text.Append(')').ToString();
    }

    /// <summary>Seconds with a decimal point, without which Python takes no time for one.</summary>
    internal static void WriteSeconds(this Utf8JsonWriter reply, double seconds)
    {
        var text = seconds.ToString("0.0#####", System.Globalization.CultureInfo.InvariantCulture);
        reply.WriteRawValue(text, skipInputValidation: true);
    }

    internal static void WriteTexts(this Utf8JsonWriter reply, IEnumerable<string> texts)
    {
        reply.WriteStartArray();
        foreach (var text in texts) reply.WriteStringValue(text);
        reply.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter reply, ReadOnlySpan<byte> key, string text)
    {
        reply.WriteStartObject();
        reply.WriteString(key, text);
        reply.WriteEndObject();
    }
}
