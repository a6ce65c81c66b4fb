using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Signatures;

/// <content>Ids, and what a part has to know of the whole: Celery's <c>freeze</c>. Doing it again changes no id.</content>
internal sealed partial class CanvasPlanner
{
    private ResultNode Freeze(SignatureDocument document, in Place place)
    {
        var node = document.Kind switch
        {
            SignatureKind.Chain => FreezeChain(document, place),
            SignatureKind.Group => FreezeGroup(document, place),
            SignatureKind.Chord => FreezeChord(document, place),
            _ => FreezeTask(document, place),
        };
        _nodes[document] = node;
        return node;
    }

    private ResultNode FreezeTask(SignatureDocument task, in Place place)
    {
        var options = task.Options;
        var id = options.Text(OptionNames.TaskId);
        if (id is null) options.Set(OptionNames.TaskId, id = place.Id ?? TaskId.New());
        options.TrySet(OptionNames.ReplyTo, _replyTo);
        options.TrySet(OptionNames.GroupId, place.GroupId);
        if (!place.Chord.IsEmpty) options.Set(OptionNames.Chord, place.Chord);
        if (place.GroupIndex is { } index && !options.Has(OptionNames.GroupIndex)) options.Set(OptionNames.GroupIndex, JsonParts.Number(index));
        return _nodes.GetValueOrDefault(task) ?? new ResultNode(id);
    }

    // Backwards, since a task behind a group becomes the body of a chord.
    private ResultNode FreezeChain(SignatureDocument chain, in Place place)
    {
        var isNew = !_nodes.ContainsKey(chain);
        CanvasShape.Unchain(chain);
        var steps = new List<SignatureDocument>(chain.Members.Count); // last first
        var own = place with { Id = chain.Options.Text(OptionNames.TaskId) ?? place.Id, Chord = place.Chord.IsEmpty ? chain.Options[OptionNames.Chord] : place.Chord };
        own = own with { GroupId = chain.Options.Text(OptionNames.GroupId) ?? own.GroupId, GroupIndex = Place.Index(chain.Options[OptionNames.GroupIndex]) ?? own.GroupIndex };
        ResultNode? result = null;
        ResultNode? first = null; // the earliest so far, whose parent is the step before
        for (var i = chain.Members.Count - 1; i >= 0; i--)
        {
            var step = chain.Members[i];
            var isUpgraded = steps.Count > 0 && CanvasShape.EndsInGroup(step);
            if (isUpgraded)
            {
                step = CanvasShape.Follow(step, steps[^1]);
                steps.RemoveAt(steps.Count - 1);
            }

            var node = Freeze(step, steps.Count == 0 && !isUpgraded ? own : Place.None);
            if (isNew && !isUpgraded && first is { Parent: null }) first.Parent = node;
            if (isNew) first = node.Root;
            result ??= node;
            steps.Add(step);
        }

        steps.Reverse();
        chain.Members.Clear();
        chain.Members.AddRange(steps);
        if (result is null) return new ResultNode(own.Id ?? TaskId.New());
        if (!result.IsGroup) chain.Options.Set(OptionNames.TaskId, result.Id); // as Celery 5.6: the end of a chord that failed is told under this id
        return result;
    }

    private ResultNode FreezeGroup(SignatureDocument group, in Place place)
    {
        CanvasShape.Flatten(group);
        var id = group.Options.Text(OptionNames.TaskId);
        if (id is null) group.Options.Set(OptionNames.TaskId, id = place.Id ?? TaskId.New());
        var nodes = new List<ResultNode>(group.Members.Count);
        for (var i = 0; i < group.Members.Count; i++) nodes.Add(Freeze(group.Members[i], new Place { GroupIndex = i }));
        return _nodes.GetValueOrDefault(group) ?? new ResultNode(id, nodes);
    }

    private ResultNode FreezeChord(SignatureDocument chord, in Place place)
    {
        var body = chord.Body ?? throw new MessageFormatException(ErrorCodes.InvalidCanvas, "A chord has no body, so nobody would take its results. Give it one, or send its header as a group.");
        var id = chord.HeaderOptions.Text(OptionNames.TaskId);
        // A chord that was frozen before has the id of its header, one that was not that of its body.
        var bodyId = chord.Options.Text(OptionNames.TaskId) is { } given && given != id ? given : place.Id;
        var result = Freeze(body, place with { Id = bodyId });
        var isNew = !_nodes.ContainsKey(chord);
        CanvasShape.MakeHeader(chord);
        if (id is null) chord.HeaderOptions.Set(OptionNames.TaskId, id = TaskId.New());
        chord.Options.Set(OptionNames.TaskId, id);
        var nodes = new List<ResultNode>(chord.Members.Count);
        for (var i = 0; i < chord.Members.Count; i++) nodes.Add(Freeze(chord.Members[i], new Place { GroupIndex = i }));
        if (isNew) result.Root.Parent = new ResultNode(id, nodes);
        return result;
    }

    /// <summary>What a part is told by the whole.</summary>
    private readonly record struct Place
    {
        internal static Place None => default;

        internal string? Id { get; init; }

        internal string? GroupId { get; init; }

        internal int? GroupIndex { get; init; }

        /// <summary>The chord's body that waits for this part, as JSON.</summary>
        internal ReadOnlyMemory<byte> Chord { get; init; }

        internal static int? Index(ReadOnlyMemory<byte> json) => System.Buffers.Text.Utf8Parser.TryParse(json.Span, out int index, out _) ? index : null;
    }
}
