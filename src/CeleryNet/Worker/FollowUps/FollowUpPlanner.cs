using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Plans what follows a task that has succeeded: its callbacks, grouped as Celery groups them, and the next step of its chain.</summary>
internal static class FollowUpPlanner
{
    private static readonly ReadOnlyMemory<byte> Null = "null"u8.ToArray();

    /// <summary>Makes the plan.</summary>
    /// <exception cref="MessageFormatException">A signature cannot be read.</exception>
    internal static FollowUpPlan Plan(TaskRequest request, ReadOnlyMemory<byte> value)
    {
        var plan = new FollowUpPlan();
        var call = CallOf(request) with { Prefix = value.IsEmpty ? Null : value };
        var callbacks = SignatureDocument.ReadAll(request.Body.Callbacks);
        for (var i = 0; i < callbacks.Count; i++) FollowUpIds.Fix(callbacks[i], request.Message.Id!, $"link/{i}"); // what has no id has no follow-ups
        foreach (var group in callbacks.Where(callback => callbacks.Count > 1 && callback.Kind == SignatureKind.Group)) Add(plan, group, call);
        var others = callbacks.Where(callback => callbacks.Count == 1 || callback.Kind != SignatureKind.Group).ToList();
        if (others.Count > 0) Add(plan, callbacks.Count > 1 ? GroupOf(others, request.Message.Id!, "link") : others[0], call);

        if (!TryHandOn(plan, request, call)) AddNextStep(plan, request, call);
        return plan;
    }

    /// <summary>How everything is sent that follows the task.</summary>
    internal static CanvasCall CallOf(TaskRequest request) => new()
    {
        ParentId = request.Message.Id,
        RootId = request.Message.RootId ?? request.Message.Id,
        ReplyTo = request.Message.ReplyTo,
    };

    /// <summary>A group with an id made from the task's.</summary>
    internal static SignatureDocument GroupOf(IEnumerable<SignatureDocument> members, string parentId, string role)
    {
        var group = SignatureDocument.Group(members);
        group.Options.Set(OptionNames.TaskId, FollowUpIds.Of(parentId, role));
        return group;
    }

    // Nearly every step is a task with nothing of its own behind it: the rest of the chain, which may be long, then goes from message to message as it stands.
    private static bool TryHandOn(FollowUpPlan plan, TaskRequest request, CanvasCall call)
    {
        var last = JsonParts.CutLast(request.Body.Chain, out var before); // the list is in reverse
        if (last.IsEmpty) return false;
        var next = SignatureDocument.Read(last);
        if (next.Kind != SignatureKind.Task || next.Options.Has(OptionNames.Chain)) return false;
        FollowUpIds.Fix(next, request.Message.Id!, "chain");
        next.HandedOn = before;
        plan.Plans.Add((next, CanvasPlanner.Plan(next, call))); // the planner changes nothing of a task that its end would need
        return true;
    }

    private static void AddNextStep(FollowUpPlan plan, TaskRequest request, CanvasCall call)
    {
        var steps = JsonParts.Split(request.Body.Chain);
        if (steps.Count == 0) return;
        var next = SignatureDocument.Read(steps[^1]);
        FollowUpIds.Fix(next, request.Message.Id!, "chain");
        Add(plan, next, call with { Chain = JsonParts.Join(steps.Take(steps.Count - 1)) });
    }

    private static void Add(FollowUpPlan plan, SignatureDocument signature, CanvasCall call)
    {
        var kept = signature.Clone();
        kept.Options.Set(OptionNames.Chain, JsonParts.IsEmptyList(call.Chain.Span) ? kept.Options[OptionNames.Chain] : call.Chain);
        plan.Plans.Add((kept, CanvasPlanner.Plan(signature, call)));
    }
}
