using CeleryNet.Results;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>What has to be told about a signature that will never run, since something before it failed.</summary>
internal sealed class FailedSignature
{
    /// <summary>Tasks whose end is stored, so that nobody waits for them in vain.</summary>
    internal List<SignatureDocument> Tasks { get; } = [];

    /// <summary>Members of chords, whose chords end with them.</summary>
    internal IEnumerable<SignatureDocument> ChordMembers => Tasks.Where(static task => task.Options.Has(OptionNames.Chord) && task.Options.Has(OptionNames.GroupId));

    /// <summary>The error callbacks of what would have run first, by the id they are told.</summary>
    internal List<(string Id, SignatureDocument Errback)> Errbacks { get; } = [];

    /// <summary>Collects a signature.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="isFirst">True when it would have run next: its error callbacks are called.</param>
    internal void Add(SignatureDocument signature, bool isFirst)
    {
        switch (signature.Kind)
        {
            case SignatureKind.Chain:
                AddChain(signature, isFirst);
                break;
            case SignatureKind.Group:
                foreach (var member in signature.Members) Add(member, isFirst);
                break;
            case SignatureKind.Chord when signature.Body is { } body:
                AddPlace(signature, body);
                Add(body, isFirst);
                if (isFirst && IdOf(body) is { } id) AddErrbacks(id, signature.Options[OptionNames.LinkError]);
                break;
            case SignatureKind.Task:
                if (IdOf(signature) is not { } own) break;
                Tasks.Add(signature);
                if (isFirst) AddErrbacks(own, signature.Options[OptionNames.LinkError]);
                break;
        }

        foreach (var next in JsonParts.Split(signature.Following)) Add(SignatureDocument.Read(next), isFirst: false);
    }

    // Where chain and last step have been frozen the last step knows all; where Python 5.2 sent a chain as a body, it stands with the chain.
    private void AddChain(SignatureDocument chain, bool isFirst)
    {
        if (chain.Members.Count == 0) return;
        AddPlace(chain, chain.Members[^1]);
        for (var i = 0; i < chain.Members.Count; i++) Add(chain.Members[i], isFirst && i == 0);
        if (isFirst && IdOf(chain.Members[0]) is { } id) AddErrbacks(id, chain.Options[OptionNames.LinkError]);
    }

    private static void AddPlace(SignatureDocument whole, SignatureDocument last)
    {
        foreach (var name in (ReadOnlySpan<string>)[OptionNames.Chord, OptionNames.GroupId, OptionNames.GroupIndex])
            if (whole.Options.Has(name) && !last.Options.Has(name)) last.Options.Set(name, whole.Options[name]);
        if (whole.Kind == SignatureKind.Chain) last.Options.TrySet(OptionNames.TaskId, whole.Options.Text(OptionNames.TaskId));
    }

    private void AddErrbacks(string id, ReadOnlyMemory<byte> errbacks)
    {
        foreach (var errback in JsonParts.Elements(errbacks))
        {
            var read = SignatureDocument.Read(errback);
            if (!Errbacks.Exists(known => known.Id == id && known.Errback.ToBytes().AsSpan().SequenceEqual(read.ToBytes()))) Errbacks.Add((id, read));
        }
    }

    private static string? IdOf(SignatureDocument signature) => signature.Kind switch
    {
        SignatureKind.Chain => signature.Members.Count > 0 ? IdOf(signature.Members[^1]) : null,
        SignatureKind.Chord => signature.Body is { } body ? IdOf(body) : null,
        _ => signature.Options.Text(OptionNames.TaskId),
    };
}
