using System.Text;

namespace CeleryNet.Signatures;

/// <summary>
/// The Celery form of a batch: a chord whose members are added one by one, and whose body has the id of the header. The body is <c>celery.accumulate</c>, which every worker has and which returns the id;
/// its links are sent when all members have succeeded, its error callbacks when not. So a Python worker counts members of a batch, and ends it, as those of any chord.
/// </summary>
internal static class BatchBody
{
    /// <summary>State under the id of a batch until it has ended; the value is the body, with which members are added.</summary>
    internal const string Running = "RUNNING";

    private const string Accumulate = "celery.accumulate";

    private static readonly ReadOnlyMemory<byte> FirstArgument = """{"index":0}"""u8.ToArray();
    private static readonly byte[] TaskIdName = Encoding.UTF8.GetBytes($"\"{OptionNames.TaskId}\"");

    /// <summary>Makes the body; the ids of the callbacks are fixed in it.</summary>
    internal static SignatureDocument Make(string batchId, IReadOnlyList<SignatureDocument> successes, IReadOnlyList<SignatureDocument> failures, IReadOnlyList<SignatureDocument> completions)
    {
        var body = new SignatureDocument { Task = Accumulate, Arguments = JsonParts.Join([JsonParts.Text(batchId)]), Keywords = FirstArgument, IsImmutable = true };
        body.Options.Set(OptionNames.TaskId, batchId);
        Fix(successes, batchId, "success");
        Fix(failures, batchId, "failure");
        Fix(completions, batchId, "completion");
        SignatureDocument[] onSuccess = [.. successes, .. completions], onFailure = [.. failures, .. completions];
        if (onSuccess.Length > 0) body.Options.Set(OptionNames.Link, ListOf(onSuccess));
        if (onFailure.Length > 0) body.Options.Set(OptionNames.LinkError, ListOf(onFailure));
        if ((completions.Concat(successes).Concat(failures).FirstOrDefault()) is { } callback) TakeRoute(body, FirstTask(callback));
        return body;
    }

    /// <summary>The member that closes the batch: it does nothing, and since it is awaited from the beginning, the batch cannot end before it was sent.</summary>
    internal static SignatureDocument Closing(string batchId, ReadOnlyMemory<byte> body)
    {
        var closing = new SignatureDocument { Task = Accumulate, IsImmutable = true };
        closing.Options.Set(OptionNames.TaskId, ClosingId(batchId));
        closing.Options.Set(OptionNames.IgnoreResult, "true"u8.ToArray());
        TakeRoute(closing, SignatureDocument.Read(body));
        SetPlace(closing, batchId, 0, body);
        return closing;
    }

    /// <summary>Id of the member that closes the batch.</summary>
    internal static string ClosingId(string batchId) => FollowUpIds.Of(batchId, "close");

    /// <summary>True when the body is that of a batch: it has the id of the header. Of other chords one look at the bytes says no.</summary>
    internal static bool IsBatch(ReadOnlyMemory<byte> body, string groupId)
    {
        Span<byte> id = stackalloc byte[64];
        if (!Encoding.UTF8.TryGetBytes(groupId, id, out var length) || body.Span.IndexOf(id[..length]) < 0 || body.Span.IndexOf(TaskIdName) < 0) return false;
        return JsonParts.Fields(JsonParts.Fields(body)["options"]).Text(OptionNames.TaskId) == groupId;
    }

    /// <summary>Makes the signature a member of a header; of a chord its body is.</summary>
    internal static void SetPlace(SignatureDocument member, string groupId, int? index, ReadOnlyMemory<byte> body)
    {
        while (member is { Kind: SignatureKind.Chord, Body: { } inner }) member = inner;
        member.Options.Set(OptionNames.GroupId, groupId);
        member.Options.Set(OptionNames.Chord, body);
        if (index is { } place) member.Options.Set(OptionNames.GroupIndex, JsonParts.Number(place));
    }

    /// <summary>A place in the header for a member: the results have no order, but a store finds a member faster among few that share a place. The same for the same key, never that of the closing member.</summary>
    internal static int PlaceOf(string key)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var letter in key) hash = (hash ^ letter) * 16777619u;
        return (int)(hash >> 1) | 1;
    }

    private static void Fix(IReadOnlyList<SignatureDocument> callbacks, string batchId, string role)
    {
        for (var i = 0; i < callbacks.Count; i++) FollowUpIds.Fix(callbacks[i], batchId, $"{role}/{i}");
    }

    private static ReadOnlyMemory<byte> ListOf(IEnumerable<SignatureDocument> callbacks) => JsonParts.Join(callbacks.Select(static callback => (ReadOnlyMemory<byte>)callback.ToBytes()));

    // Where the callbacks are run somebody runs the body, too.
    private static void TakeRoute(SignatureDocument task, SignatureDocument from)
    {
        foreach (var name in (ReadOnlySpan<string>)[OptionNames.Queue, OptionNames.Exchange, OptionNames.RoutingKey])
            if (from.Options.Has(name)) task.Options.Set(name, from.Options[name]);
    }

    private static SignatureDocument FirstTask(SignatureDocument signature) => signature.Kind == SignatureKind.Task || signature.Members.Count == 0 ? signature : FirstTask(signature.Members[0]);
}
