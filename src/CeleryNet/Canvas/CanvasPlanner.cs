namespace CeleryNet.Signatures;

/// <summary>
/// Turns a signature into the messages that start it. Follows Celery's <c>canvas.py</c>: ids are fixed for all that is known, a group followed by a task becomes a chord, groups in groups and chains in
/// chains are flattened.
/// </summary>
/// <remarks>
/// Three differences, none of which Python sees. A group nested in a chord's header keeps its order, which Celery reverses. A member of a header that ends in a group ends in a chord with
/// <c>celery.accumulate</c> instead, so that every member counts once and has one place in the list, where Celery gives several the same place. And a chord that is sent by somebody else later does
/// not carry its body in every member of its header, as whoever sends it puts it there anyway.
/// </remarks>
internal sealed partial class CanvasPlanner
{
    private readonly CanvasPlan _plan = new();
    private readonly Dictionary<SignatureDocument, ResultNode> _nodes = [];
    private readonly string? _replyTo;

    private CanvasPlanner(string? replyTo) => _replyTo = replyTo;

    /// <summary>Makes the plan.</summary>
    /// <param name="signature">The canvas; changed and used up.</param>
    /// <param name="call">How it is sent.</param>
    /// <exception cref="MessageFormatException">A part of it cannot be read.</exception>
    internal static CanvasPlan Plan(SignatureDocument signature, CanvasCall call)
    {
        var planner = new CanvasPlanner(call.ReplyTo);
        if (!JsonParts.IsEmptyList(call.Errbacks.Span)) CanvasShape.AddErrbacks(signature, call.Errbacks);
        planner._plan.Result = planner.Start(signature, call);
        return planner._plan;
    }

    private ResultNode Start(SignatureDocument document, CanvasCall call)
    {
        var chain = call.Chain;
        document = FollowedBy(document, ref chain);
        call = call with { Chain = chain };
        return document.Kind switch
        {
            SignatureKind.Chain => StartChain(document, call),
            SignatureKind.Group => StartGroup(document, call),
            SignatureKind.Chord => StartChord(document, call),
            _ => StartTask(document, call),
        };
    }

    private ResultNode StartTask(SignatureDocument task, CanvasCall call)
    {
        var node = Freeze(task, Place.None);
        var options = task.Options;
        if (call.RootId is not null) options.Set(OptionNames.RootId, call.RootId);
        if (call.ParentId is not null) options.Set(OptionNames.ParentId, call.ParentId);
        SetPriority(task, call.Priority);
        SetChain(task, call.Chain);
        task.Prepend(call.Prefix);
        _plan.Tasks.Add(task);
        return node;
    }

    private ResultNode StartChain(SignatureDocument chain, CanvasCall call)
    {
        if (chain.IsImmutable) call = call with { Prefix = default };
        var result = Freeze(chain, Place.None);
        if (chain.Members.Count == 0) return result;

        var first = chain.Members[0];
        CanvasShape.Inherit(first, chain.Options, overrides: true);
        var rest = chain.Members.Skip(1).Reverse().Select(step => (ReadOnlyMemory<byte>)step.ToBytes());
        Start(first, call with { Chain = Concat(call.Chain, chain.Options[OptionNames.Chain], rest) });
        return result;
    }

    private ResultNode StartGroup(SignatureDocument group, CanvasCall call)
    {
        var result = Freeze(group, Place.None);
        for (var i = 0; i < group.Members.Count; i++)
        {
            var member = group.Members[i];
            Freeze(member, new Place { GroupId = result.Id, GroupIndex = i });
            CanvasShape.Inherit(member, group.Options, overrides: true);
            Start(member, call);
        }

        return result;
    }

    private ResultNode StartChord(SignatureDocument chord, CanvasCall call)
    {
        var result = Freeze(chord, Place.None);
        var body = chord.Body!; // Freeze refuses a chord without one
        CanvasShape.Inherit(body, chord.Options, overrides: true);
        CanvasShape.TakeLinks(chord, body);
        if (call.RootId is not null) body.Options.TrySet(OptionNames.RootId, call.RootId);
        SetPriority(body, call.Priority);
        var chain = Concat(call.Chain, chord.Options[OptionNames.Chain], []);
        chord.Body = body = FollowedBy(body, ref chain);
        SetChain(body, chain);
        var groupId = chord.HeaderOptions.Text(OptionNames.TaskId)!; // set by Freeze
        if (chord.Members.Count == 0)
        {
            Start(body, call with { Prefix = JsonParts.EmptyList, Chain = default });
            return result;
        }

        _plan.Chords.Add((groupId, chord.Members.Count));
        ReadOnlyMemory<byte> embedded = body.ToBytes();
        for (var i = 0; i < chord.Members.Count; i++)
        {
            var member = chord.Members[i];
            Freeze(member, new Place { GroupId = groupId, GroupIndex = i, Chord = embedded });
            CanvasShape.Inherit(member, chord.HeaderOptions, overrides: true);
            CanvasShape.Inherit(member, chord.Options, overrides: true);
            Start(member, call with { Chain = default });
        }

        return result;
    }

    // What follows a group takes the list of its results once, and not each of them. Python 5.2 lets each member go on by itself.
    private static SignatureDocument FollowedBy(SignatureDocument document, ref ReadOnlyMemory<byte> chain)
    {
        while (CanvasShape.EndsInGroup(document) && JsonParts.Split(chain) is { Count: > 0 } steps)
        {
            document = CanvasShape.Follow(document, SignatureDocument.Read(steps[^1]));
            chain = JsonParts.Join(steps.Take(steps.Count - 1));
        }

        return document;
    }

    private static void SetPriority(SignatureDocument document, byte? priority)
    {
        if (priority is { } number && !document.Options.Has(OptionNames.Priority)) document.Options.Set(OptionNames.Priority, JsonParts.Number(number));
    }

    // The last element runs next: what a signature brings along is done before the rest of the chain it stands in.
    private static void SetChain(SignatureDocument document, ReadOnlyMemory<byte> chain)
    {
        if (!JsonParts.IsEmptyList(chain.Span)) document.Options.Set(OptionNames.Chain, Concat(chain, document.Options[OptionNames.Chain], []));
    }

    private static ReadOnlyMemory<byte> Concat(ReadOnlyMemory<byte> last, ReadOnlyMemory<byte> middle, IEnumerable<ReadOnlyMemory<byte>> first) =>
        JsonParts.Join([.. JsonParts.Split(last), .. JsonParts.Split(middle), .. first]);
}
