using CeleryNet.Tasks;

namespace CeleryNet.Signatures;

/// <summary>Puts signatures one after the other.</summary>
internal static class ChainBuilder
{
    private static readonly TaskDefinition Chain = new(SignatureDocument.ChainName);
    private static readonly TaskDefinition Group = new(SignatureDocument.GroupTask);

    internal static TaskDefinition DefinitionOf(SignatureKind kind) => kind == SignatureKind.Chain ? Chain : Group;

    internal static Signature<T> Append<T>(Signature previous, Signature<T> next) => new(Chain, TaskArguments.None, next.Result) { Part = Join(previous, next) };

    internal static CanvasPart Join(Signature previous, Signature next) => new() { Kind = SignatureKind.Chain, Members = [.. StepsOf(previous), .. StepsOf(next)] };

    // A chain with options or callbacks of its own stays a whole, since they are said of it.
    private static IReadOnlyList<Signature> StepsOf(Signature signature) =>
        signature is { Part: { Kind: SignatureKind.Chain, Links.Count: 0, Errbacks.Count: 0, Stamps: null, Document: null, IsImmutable: false } chain } && ReferenceEquals(signature.Options, CallOptions.None)
            ? chain.Members
            : [signature];
}
