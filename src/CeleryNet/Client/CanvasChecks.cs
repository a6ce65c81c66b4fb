using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Signatures;

namespace CeleryNet.Client;

/// <summary>Refuses canvases that nobody could carry out. Nothing has been sent then.</summary>
internal static class CanvasChecks
{
    /// <summary>Looks at a whole canvas before it is sent.</summary>
    /// <returns>True when a task in it has a fixed id.</returns>
    /// <exception cref="TaskQueueException">It holds a chord, and the result store runs none.</exception>
    /// <exception cref="MessageFormatException">It has an option that nobody knows, or an id twice, or is empty.</exception>
    internal static bool Check(SignatureDocument canvas, IResultBackend results)
    {
        var ids = new HashSet<string>();
        Check(canvas, results, ids);
        return ids.Count > 0;
    }

    internal static MessageFormatException SentTwice(Signature signature) => CallError.Invalid(
        signature.Name, "a task in it has a fixed id, and the same signature was sent before, so both would be one task to whoever looks at its result; make a new signature, or leave TaskId unset");

    private static void Check(SignatureDocument document, IResultBackend results, HashSet<string> ids)
    {
        if (document.Kind == SignatureKind.Chord && results is not IChordStore) throw NoChords(results);
        if (document.Kind is SignatureKind.Chain or SignatureKind.Group && document.Members.Count == 0) throw CallError.Invalid(document.Task, "it is empty, so nothing would ever end");
        if (document.Kind == SignatureKind.Task)
        {
            CallChecks.Name(document.Task);
            if (document.Options.Text(OptionNames.TaskId) is { } id && !ids.Add(id)) throw CallError.Invalid(document.Task, $"its id '{Printable.Limit(id)}' is that of another task of the canvas too");
        }

        else if (document.Options.Text(OptionNames.TaskId) is { } whole)
        {
            ids.Add($"{document.Kind} {whole}"); // that of the last step or of the header, which may name it too
        }

        var stamps = JsonParts.Elements(document.Options[OptionNames.StampedHeaders]).ConvertAll(JsonParts.ReadText);
        foreach (var (name, _) in document.Options)
        {
            if (!OptionNames.IsKnown(name) && !stamps.Contains(name))
                throw CallError.Invalid(document.Task, $"option '{Printable.Limit(name)}' of its signature is not one of Celery's, and a Python worker would send it as a property of the message");
        }

        foreach (var member in document.Members) Check(member, results, ids);
        if (document.Body is { } body) Check(body, results, ids);
        foreach (var name in (string[])[OptionNames.Link, OptionNames.LinkError])
            foreach (var callback in SignatureDocument.ReadAll(document.Options[name])) Check(callback, results, []);
    }

    internal static TaskQueueException NoChords(IResultBackend results) => new(
        ErrorCodes.InvalidCanvas,
        results.IsEnabled
            ? $"A chord was not sent: the result store {results.Address} does not count the members of chords, so its body would never run. Use Redis or in-memory results."
            : "A chord was not sent: results are disabled, and a chord needs them to know when its header has ended. Add UseRedisResults or UseResults.");

    internal static TaskQueueException NoBatches(IResultBackend results) => new(
        ErrorCodes.NotSupported,
        results.IsEnabled
            ? $"The result store {results.Address} counts no batches, so their callbacks would never be sent. Use Redis, SQL or in-memory results."
            : "Results are disabled, and a batch needs them to know when its members have ended. Add UseRedisResults or UseResults.");

    internal static TaskQueueException NoGroups(IResultBackend results) => new(
        ErrorCodes.NotSupported, $"The result store {results.Address} keeps no groups. Use Redis or in-memory results, or keep the ids of the members.");
}
