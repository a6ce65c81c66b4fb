using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Makes Celery's JSON form of a typed signature. Follows Celery's <c>|</c>: a group followed by a task is a chord, what follows a chord goes to its body.</summary>
/// <param name="wire">How values become bytes.</param>
/// <param name="complete">Adds what routes and configuration say of a call to its options; <c>null</c> for nothing.</param>
internal sealed class SignatureCompiler(WireOptions wire, Func<Signature, CallOptions>? complete = null)
{
    internal SignatureDocument Compile(Signature signature)
    {
        var part = signature.Part;
        if (part is null) return CompileCall(signature);
        var document = part.Document?.Clone() ?? part.Kind switch
        {
            SignatureKind.Chain => CompileChain(part),
            SignatureKind.Group => CompileGroup(part),
            _ => CompileCall(signature),
        };
        if (part.IsImmutable) document.SetImmutable();
        if (part.Document is not null || part.Kind != SignatureKind.Task) OptionsWriter.WriteToAll(document, signature.Options, wire);
        if (part.Links.Count > 0) CanvasShape.AddLink(document, List(part.Links));
        if (part.Errbacks.Count > 0) CanvasShape.AddErrbacks(document, List(part.Errbacks));
        if (part.Stamps is { } stamps) Stamper.Stamp(document, stamps, wire);
        return document;
    }

    private SignatureDocument CompileCall(Signature signature)
    {
        var document = SignatureDocument.Of(signature, wire);
        OptionsWriter.Write(document.Options, complete is null ? OptionsWriter.WithPolicy(signature) : complete(signature), wire);
        return document;
    }

    private SignatureDocument CompileGroup(CanvasPart part)
    {
        var group = SignatureDocument.Group(part.Members.Select(member => CanvasShape.AsOne(Compile(member))));
        group.KeepsShape = true;
        return group;
    }

    private SignatureDocument CompileChain(CanvasPart part)
    {
        var steps = new List<SignatureDocument>(part.Members.Count);
        foreach (var step in part.Members.Select(Compile))
        {
            if (steps.Count > 0 && steps[^1].Kind == SignatureKind.Group) steps[^1] = SignatureDocument.Chord(steps[^1], step);
            else if (steps.Count > 0 && steps[^1] is { Kind: SignatureKind.Chord } chord && step.Kind != SignatureKind.Group) Extend(chord, step);
            else steps.Add(step);
        }

        return steps.Count == 1 ? steps[0] : SignatureDocument.Chain(steps);
    }

    private static void Extend(SignatureDocument chord, SignatureDocument step)
    {
        var body = chord.Body!; // a chord made here has one
        if (body.Kind == SignatureKind.Chain) body.Members.Add(step);
        else chord.Body = SignatureDocument.Chain([body, step]);
    }

    private ReadOnlyMemory<byte> List(IReadOnlyList<Signature> signatures) => JsonParts.Join(signatures.Select(signature => (ReadOnlyMemory<byte>)Compile(signature).ToBytes()));
}
