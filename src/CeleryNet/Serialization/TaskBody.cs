using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>The parts of a task's body as JSON, cut out but not read. A part that is absent or null is empty.</summary>
public readonly record struct TaskBody
{
    /// <summary>Positional arguments, a JSON array.</summary>
    public ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>Keyword arguments, a JSON object.</summary>
    public ReadOnlyMemory<byte> KeywordArguments { get; init; }

    // Few tasks have any: one reference instead of four slices, as this struct is copied with every task.
    private readonly Embed? _embed;

    /// <summary>Signatures to send on success (<c>link</c>), a JSON array.</summary>
    public ReadOnlyMemory<byte> Callbacks
    {
        get => _embed?.Callbacks ?? default;
        init => _embed = value.IsEmpty && _embed is null ? null : (_embed ?? Embed.None) with { Callbacks = value };
    }

    /// <summary>Signatures to send on failure (<c>link_error</c>), a JSON array.</summary>
    public ReadOnlyMemory<byte> Errbacks
    {
        get => _embed?.Errbacks ?? default;
        init => _embed = value.IsEmpty && _embed is null ? null : (_embed ?? Embed.None) with { Errbacks = value };
    }

    /// <summary>The rest of the chain, last element next, a JSON array.</summary>
    public ReadOnlyMemory<byte> Chain
    {
        get => _embed?.Chain ?? default;
        init => _embed = value.IsEmpty && _embed is null ? null : (_embed ?? Embed.None) with { Chain = value };
    }

    /// <summary>The body of the chord this task is a header member of, a signature.</summary>
    public ReadOnlyMemory<byte> Chord
    {
        get => _embed?.Chord ?? default;
        init => _embed = value.IsEmpty && _embed is null ? null : (_embed ?? Embed.None) with { Chord = value };
    }

    /// <summary>True when other tasks are to follow this one: callbacks, errbacks, the rest of a chain, a chord.</summary>
    public bool HasFollowUps => _embed is { } embed && (Any(embed.Callbacks) || Any(embed.Errbacks) || Any(embed.Chain) || !embed.Chord.IsEmpty);

    /// <summary>
    /// Reads the body of a message: protocol 2, protocol 1, or the hybrid of protocol 2 headers and a protocol 1 body. Headers that protocol 1 keeps in its body are set on
    /// <paramref name="message"/>.
    /// </summary>
    /// <exception cref="MessageFormatException">The body is too large, of another content type, not JSON, too deep, or not of a known form. The message tells which.</exception>
    public static TaskBody Read(TaskMessage message, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(options);
        // Asked once: reading protocol 1 sets the message's task, and the body may be read twice.
        var hasHeaders = message.TaskName is not null;
        return JsonDialect.Parse(
            Decode(message, options),
            (Message: message, HasHeaders: hasHeaders, Options: options),
            static (json, state) => Parse(json, state.Message, state.HasHeaders, state.Options),
            ErrorCodes.BadMessage,
            "the body");
    }

    private static ReadOnlyMemory<byte> Decode(TaskMessage message, WireOptions options)
    {
        if (message.Body.Length > options.MaxBodyBytes)
            throw Bad($"the body has {message.Body.Length} bytes, more than the limit of {options.MaxBodyBytes} (MaxBodyBytes)");
        // Celery compares exactly: 'application/json; charset=utf-8' is refused there, and so here.
        if (message.ContentType is { } type && type != TaskMessage.JsonContentType)
            throw Bad($"its content type is '{Printable.Limit(type)}'; only {TaskMessage.JsonContentType} is accepted");
        if (message.ContentEncoding is { Length: > 0 } encoding && !encoding.Equals(TaskMessage.Utf8ContentEncoding, StringComparison.OrdinalIgnoreCase))
            throw Bad($"its content encoding is '{Printable.Limit(encoding)}'; only utf-8 is accepted");
        return message.Compression is { } compression ? BodyCompression.Decompress(message.Body, compression, options) : message.Body;
    }

    private static TaskBody Parse(ReadOnlyMemory<byte> json, TaskMessage message, bool hasHeaders, WireOptions options)
    {
        var reader = new Utf8JsonReader(json.Span, JsonDialect.ReaderOptions(options));
        reader.Read();
        var body = reader.TokenType switch
        {
            JsonTokenType.StartArray => ParseArray(json, ref reader),
            JsonTokenType.StartObject => ProtocolOne.Parse(json, message, hasHeaders, ref reader),
            var other => throw Bad($"the body is {WireError.Kind(other)}, not [args, kwargs, embed]"),
        };
        JsonDialect.EnsureEnd(ref reader, "the body");
        return body;
    }

    private static TaskBody ParseArray(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader)
    {
        var body = new TaskBody();
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            switch (count)
            {
                case 0: body = body with { Arguments = Part(json, ref reader, JsonTokenType.StartArray, "args", "a list") }; break;
                case 1: body = body with { KeywordArguments = Part(json, ref reader, JsonTokenType.StartObject, "kwargs", "an object") }; break;
                case 2 when reader.TokenType == JsonTokenType.StartObject: body = ParseEmbed(json, ref reader, body); break;
                case 2: reader.Skip(); break; // Celery accepts a list or null for the embed
                default: throw Bad("the body has more than the three parts [args, kwargs, embed]");
            }
        }

        return count == 3 ? body : throw Bad($"the body has {count} parts instead of the three [args, kwargs, embed]");
    }

    private static TaskBody ParseEmbed(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, TaskBody body)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("callbacks"u8)) body = body with { Callbacks = NextPart(json, ref reader, JsonTokenType.StartArray, "callbacks", "a list") };
            else if (reader.ValueTextEquals("errbacks"u8)) body = body with { Errbacks = NextPart(json, ref reader, JsonTokenType.StartArray, "errbacks", "a list") };
            else if (reader.ValueTextEquals("chain"u8)) body = body with { Chain = NextPart(json, ref reader, JsonTokenType.StartArray, "chain", "a list") };
            else if (reader.ValueTextEquals("chord"u8)) body = body with { Chord = NextPart(json, ref reader, JsonTokenType.StartObject, "chord", "an object") };
            else reader.Skip();
        }

        return body;
    }

    private static ReadOnlyMemory<byte> NextPart(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, JsonTokenType expected, string name, string kind)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Null ? default : Part(json, ref reader, expected, name, kind);
    }

    internal static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, JsonTokenType expected, string name, string kind)
    {
        if (reader.TokenType != expected) throw Bad($"{name} is {WireError.Kind(reader.TokenType)}, not {kind}");
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static bool Any(ReadOnlyMemory<byte> list) => list.Length > 2 || (list.Length > 0 && !list.Span.SequenceEqual("[]"u8));

    private static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, what);

    private sealed record Embed
    {
        internal static readonly Embed None = new();

        internal ReadOnlyMemory<byte> Callbacks { get; init; }

        internal ReadOnlyMemory<byte> Errbacks { get; init; }

        internal ReadOnlyMemory<byte> Chain { get; init; }

        internal ReadOnlyMemory<byte> Chord { get; init; }
    }
}
