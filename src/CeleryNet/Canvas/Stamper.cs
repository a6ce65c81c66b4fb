using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Stamps every task of a canvas and what follows it, as Celery's <c>stamp</c>: values stand beside the options, their names in <c>stamped_headers</c>. The first stamp of a name stays.</summary>
internal static class Stamper
{
    internal static void Stamp(SignatureDocument document, IReadOnlyDictionary<string, object?> stamps, WireOptions wire) =>
        Stamp(document, [.. stamps.Select(stamp => KeyValuePair.Create(stamp.Key, JsonParts.Of(stamp.Value, wire)))]);

    private static void Stamp(SignatureDocument document, List<KeyValuePair<string, ReadOnlyMemory<byte>>> stamps)
    {
        if (document.Kind == SignatureKind.Task) Set(document.Options, stamps);
        foreach (var member in document.Members) Stamp(member, stamps);
        if (document.Body is { } body) Stamp(body, stamps);
        StampAll(document.Options, OptionNames.Link, stamps);
        StampAll(document.Options, OptionNames.LinkError, stamps);
    }

    private static void Set(JsonFields options, List<KeyValuePair<string, ReadOnlyMemory<byte>>> stamps)
    {
        var names = JsonParts.Elements(options[OptionNames.StampedHeaders]);
        foreach (var (name, value) in stamps)
        {
            if (options.Has(name)) continue;
            options.Set(name, value);
            names.Add(JsonParts.Text(name));
        }

        options.Set(OptionNames.StampedHeaders, JsonParts.Join(names));
    }

    private static void StampAll(JsonFields options, string name, List<KeyValuePair<string, ReadOnlyMemory<byte>>> stamps)
    {
        if (!options.Has(name)) return;
        var callbacks = SignatureDocument.ReadAll(options[name]);
        callbacks.ForEach(callback => Stamp(callback, stamps));
        options.Set(name, JsonParts.Join(callbacks.Select(callback => (ReadOnlyMemory<byte>)callback.ToBytes())));
    }
}
