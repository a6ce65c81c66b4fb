using System.Text.Json;
using CeleryNet.Serialization;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Client;

/// <summary>One captured message of Python Celery, of the folder Golden: Celery 5.2.6 over Redis, whose envelope keeps the types.</summary>
internal sealed class GoldenMessage
{
    private readonly JsonElement _root;
    private readonly JsonElement _message;

    private GoldenMessage(JsonElement root)
    {
        _root = root;
        _message = root.GetProperty("message");
    }

    internal JsonElement Headers => _message.GetProperty("headers");

    internal JsonElement Properties => _message.GetProperty("properties");

    internal string ContentType => _message.GetProperty("content_type").GetString()!;

    internal string ContentEncoding => _message.GetProperty("content_encoding").GetString()!;

    internal string? Expiration => Properties.TryGetProperty("expiration", out var text) ? text.GetString() : null;

    internal string Exchange => Properties.GetProperty("delivery_info").GetProperty("exchange").GetString()!;

    internal string RoutingKey => Properties.GetProperty("delivery_info").GetProperty("routing_key").GetString()!;

    internal JsonElement Body =>
        JsonDocument.Parse((_root.TryGetProperty("body_decompressed_text", out var text) ? text : _message.GetProperty("body_text")).GetString()!).RootElement;

    internal static GoldenMessage Load(string name) =>
        new(JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "c526", "messages", $"{name}.json"))).RootElement);

    /// <summary>Sets the clock to the moment of the call, as far as the message tells.</summary>
    internal void SetClock(FakeTimeProvider time)
    {
        var (header, before) = Headers.GetProperty("expires").GetString() is { } expires && Expiration is { } milliseconds
            ? (expires, TimeSpan.FromMilliseconds(long.Parse(milliseconds, System.Globalization.CultureInfo.InvariantCulture)))
            : (Headers.GetProperty("eta").GetString(), TimeSpan.FromSeconds(60));
        if (header is null || !WireTime.TryParse(header, out var moment) || moment.Year > 2030 && Expiration is null) return;
        time.SetUtcNow(moment - before);
    }

    /// <summary>A header as plain values; a moment in the form this library writes.</summary>
    internal static object? Plain(JsonProperty header) =>
        header.Name is "eta" or "expires" && header.Value.GetString() is { } text && WireTime.TryParse(text, out var moment) ? WireTime.Format(moment) : Plain(header.Value);

    /// <summary>Numbers as long or double, lists as arrays, whatever they were.</summary>
    internal static object? Plain(object? value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => Plain(item)).ToArray(),
        JsonElement { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().ToDictionary(pair => pair.Name, pair => Plain(pair.Value)),
        JsonElement { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var whole) ? whole : number.GetDouble(),
        JsonElement { ValueKind: JsonValueKind.Null } => null,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } flag => flag.GetBoolean(),
        JsonElement text => text.GetString(),
        int whole => (long)whole,
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value)),
        System.Collections.IList list => list.Cast<object?>().Select(Plain).ToArray(),
        _ => value,
    };
}
