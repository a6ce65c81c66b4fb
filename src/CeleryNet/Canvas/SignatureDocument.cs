using System.Buffers;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>
/// A signature as Celery's JSON has it: <c>{"task":…,"args":…,"kwargs":…,"options":…,"subtask_type":…,"immutable":…}</c>. Arguments and options are cut out and not read; what is unknown is kept.
/// Mutable, of one owner; <see cref="Clone"/> first what somebody else may look at.
/// </summary>
internal sealed partial class SignatureDocument
{
    internal const string ChainName = "celery.chain";
    internal const string GroupTask = "celery.group";
    internal const string ChordTask = "celery.chord";

    /// <summary>Wire name of the task; of the four kinds but the first, Celery's own.</summary>
    internal required string Task { get; init; }

    internal SignatureKind Kind { get; init; }

    /// <summary>Positional arguments, a JSON list.</summary>
    internal ReadOnlyMemory<byte> Arguments { get; set; } = JsonParts.EmptyList;

    /// <summary>Keyword arguments of a task, a JSON object. Empty for the other kinds, whose parts are <see cref="Members"/>, <see cref="Body"/> and <see cref="OtherKeywords"/>.</summary>
    internal ReadOnlyMemory<byte> Keywords { get; set; } = JsonParts.EmptyObject;

    /// <summary>The options, names as in <see cref="OptionNames"/>.</summary>
    internal JsonFields Options { get; private init; } = new();

    /// <summary>True: takes no arguments from the task before it.</summary>
    internal bool IsImmutable { get; set; }

    /// <summary>The steps of a chain, the members of a group, the header of a chord.</summary>
    internal List<SignatureDocument> Members { get; private init; } = [];

    /// <summary>The body of a chord.</summary>
    internal SignatureDocument? Body { get; set; }

    /// <summary>Options of a chord's header, which is a group of its own.</summary>
    internal JsonFields HeaderOptions { get; private init; } = new();

    /// <summary>True where a chord's header stands as a mere list of signatures, as Python writes it before it is sent.</summary>
    internal bool HasBareHeader { get; init; }

    /// <summary>Keyword arguments of a chain, group or chord beyond their parts.</summary>
    internal JsonFields OtherKeywords { get; private init; } = new();

    /// <summary>Fields beyond the six.</summary>
    internal JsonFields OtherFields { get; private init; } = new();

    /// <summary>
    /// The rest of a chain that the task hands on as it was received, instead of the option <see cref="OptionNames.Chain"/>: signatures between commas, the next one last. Written into the message of
    /// the task, not into its signature. Empty for none.
    /// </summary>
    internal ReadOnlyMemory<byte> HandedOn { get; set; }

    /// <summary>The chain that follows it, a JSON list.</summary>
    internal ReadOnlyMemory<byte> Following => HandedOn.IsEmpty ? Options[OptionNames.Chain] : JsonParts.Join([HandedOn]);

    /// <summary>True: a group of one member stays a group, so that its result is a list. Celery unrolls it in a chain.</summary>
    internal bool KeepsShape { get; set; }

    internal static SignatureDocument Chain(IEnumerable<SignatureDocument> steps) => new() { Task = ChainName, Kind = SignatureKind.Chain, Members = [.. steps] };

    internal static SignatureDocument Group(IEnumerable<SignatureDocument> members) => new() { Task = GroupTask, Kind = SignatureKind.Group, Members = [.. members] };

    internal static SignatureDocument Chord(SignatureDocument header, SignatureDocument body) =>
        new() { Task = ChordTask, Kind = SignatureKind.Chord, Members = header.Members, HeaderOptions = header.Options, Body = body };

    /// <summary>A copy, also of its parts; the bytes are shared.</summary>
    internal SignatureDocument Clone() => new()
    {
        Task = Task,
        Kind = Kind,
        Arguments = Arguments,
        Keywords = Keywords,
        Options = Options.Copy(),
        IsImmutable = IsImmutable,
        Members = Members.ConvertAll(member => member.Clone()),
        Body = Body?.Clone(),
        HeaderOptions = HeaderOptions.Copy(),
        HasBareHeader = HasBareHeader,
        OtherKeywords = OtherKeywords.Copy(),
        OtherFields = OtherFields.Copy(),
        KeepsShape = KeepsShape,
        HandedOn = HandedOn,
    };

    /// <summary>Puts a value in front of the positional arguments, unless the signature is immutable.</summary>
    internal void Prepend(ReadOnlyMemory<byte> value)
    {
        if (!value.IsEmpty && !IsImmutable) Arguments = JsonParts.Prepend(value, Arguments);
    }

    /// <summary>Adds signatures to <c>link</c> or <c>link_error</c>; those that are there already are not added again.</summary>
    internal void Append(string option, ReadOnlyMemory<byte> signatures)
    {
        if (!JsonParts.IsEmptyList(signatures.Span)) Options.Set(option, JsonParts.AppendNew(Options[option], signatures));
    }

    /// <summary>Makes the signature, or every member of a group and of a chord's header, deaf to what comes before it.</summary>
    internal void SetImmutable()
    {
        if (Kind is SignatureKind.Task or SignatureKind.Chain) IsImmutable = true;
        if (Kind == SignatureKind.Chain && Members.Count > 0) Members[0].SetImmutable();
        if (Kind is SignatureKind.Group or SignatureKind.Chord)
            foreach (var member in Members) member.SetImmutable();
    }

    /// <summary>As Celery's JSON.</summary>
    internal byte[] ToBytes()
    {
        using var buffer = WireBuffer.Rent();
        Write(buffer);
        return buffer.Span.ToArray();
    }

    /// <summary>As Celery prints it.</summary>
    public override string ToString() => SignaturePrinter.Print(this);
}
