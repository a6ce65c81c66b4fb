using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Makes what replaces a running task: Celery's <c>self.replace</c>. It ends under the task's own id, in its place in chains and chords, and what follows the task follows it.</summary>
internal static class ReplacementSignature
{
    internal static SignatureDocument Of(TaskRequest request, SignatureDocument signature, WireOptions wire)
    {
        var message = request.Message;
        var replacement = CanvasShape.EndsInGroup(signature) ? CanvasShape.AsOne(signature) : signature; // the task had one result
        CanvasShape.AddLink(replacement, request.Body.Callbacks);
        if (!JsonParts.IsEmptyList(request.Body.Errbacks.Span)) CanvasShape.AddErrbacks(replacement, request.Body.Errbacks);
        if (message.Stamps is { Count: > 0 } stamps) Stamper.Stamp(replacement, stamps, wire); // what is revoked by them is revoked still
        replacement.Options.Set(OptionNames.TaskId, message.Id!); // a task that runs has one
        SetPlace(replacement, request);
        replacement.Options.Set(OptionNames.ReplacedTaskNesting, JsonParts.Number(message.ReplacedTaskNesting + 1));
        FollowUpIds.Fix(replacement, message.Id!, $"replace/{message.ReplacedTaskNesting}");
        return replacement;
    }

    private static void SetPlace(SignatureDocument document, TaskRequest request)
    {
        if (document is { Kind: SignatureKind.Chord, Body: { } body })
        {
            SetPlace(body, request);
            return;
        }

        if (!request.Body.Chord.IsEmpty) document.Options.Set(OptionNames.Chord, request.Body.Chord);
        if (request.Message.GroupId is { } group) document.Options.Set(OptionNames.GroupId, group);
        if (request.Message.GroupIndex is { } index) document.Options.Set(OptionNames.GroupIndex, JsonParts.Number(index));
    }
}
