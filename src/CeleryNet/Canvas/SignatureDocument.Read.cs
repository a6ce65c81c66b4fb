using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

internal sealed partial class SignatureDocument
{
    /// <summary>Reads a signature. What is missing has its default; Celery asks for all six fields.</summary>
    /// <param name="json">The JSON; parts of it stay referenced.</param>
    /// <exception cref="MessageFormatException">It is no signature.</exception>
    internal static SignatureDocument Read(ReadOnlyMemory<byte> json) => JsonDialect.Parse(json, 0, static (json, _) => Parse(json), ErrorCodes.BadMessage, "a signature");

    /// <summary>Reads a list of signatures, or one alone.</summary>
    /// <inheritdoc cref="Read"/>
    internal static List<SignatureDocument> ReadAll(ReadOnlyMemory<byte> list) => JsonParts.Elements(list).ConvertAll(Read);

    private static SignatureDocument Parse(ReadOnlyMemory<byte> json)
    {
        var fields = Object(json, "it");
        var name = fields.Text("task") ?? throw Bad("it names no task");
        var kind = KindOf(fields.Text("subtask_type"));
        var keywords = fields["kwargs"].IsEmpty ? JsonParts.EmptyObject : fields["kwargs"];
        var parts = kind == SignatureKind.Task ? new JsonFields() : Object(keywords, "its kwargs");
        var header = kind == SignatureKind.Chord ? parts["header"] : parts["tasks"];
        var hasGroupHeader = header.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
        var group = hasGroupHeader ? Read(header) : null;
        var document = new SignatureDocument
        {
            Task = name,
            Kind = kind,
            Arguments = List(fields["args"], "args"),
            Keywords = kind == SignatureKind.Task ? keywords : JsonParts.EmptyObject,
            Options = fields["options"].IsEmpty ? new JsonFields() : Object(fields["options"], "its options"),
            IsImmutable = fields["immutable"].Span.SequenceEqual("true"u8),
            Members = Header(group) ?? ReadAll(header),
            HeaderOptions = group?.Options ?? new JsonFields(),
            HasBareHeader = kind == SignatureKind.Chord && !hasGroupHeader,
            Body = kind == SignatureKind.Chord && parts.Has("body") ? Read(parts["body"]) : null,
            OtherKeywords = Without(parts, "tasks", "header", "body"),
            OtherFields = Without(fields, "task", "args", "kwargs", "options", "subtask_type", "immutable"),
        };
        return document;
    }

    // Celery takes a chain or a single task for a header too.
    private static List<SignatureDocument>? Header(SignatureDocument? header) => header switch
    {
        null => null,
        { Kind: SignatureKind.Group or SignatureKind.Chain } => header.Members,
        _ => [header],
    };

    private static SignatureKind KindOf(string? name) => name switch
    {
        "chain" => SignatureKind.Chain,
        "group" => SignatureKind.Group,
        "chord" => SignatureKind.Chord,
        _ => SignatureKind.Task, // map, starmap and chunks are sent as the tasks they name
    };

    private static JsonFields Object(ReadOnlyMemory<byte> json, string what)
    {
        var reader = new Utf8JsonReader(json.Span, JsonParts.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad($"{what} is {WireError.Kind(reader.TokenType)}, not an object");
        return JsonFields.Read(json, ref reader);
    }

    private static ReadOnlyMemory<byte> List(ReadOnlyMemory<byte> json, string what)
    {
        if (json.IsEmpty) return JsonParts.EmptyList;
        return json.Span[0] == (byte)'[' ? json : throw Bad($"its {what} are no list");
    }

    private static JsonFields Without(JsonFields fields, params ReadOnlySpan<string> names)
    {
        foreach (var name in names) fields.Remove(name);
        return fields;
    }

    private static MessageFormatException Bad(string what) => new(ErrorCodes.BadMessage, $"a signature cannot be read: {what}");
}
