using System.Security.Cryptography;
using System.Text;

namespace CeleryNet.Signatures;

/// <summary>
/// Ids of what follows a task. Most were fixed when the first message was sent; the others are made from the task's own id, so that a task that ran twice is followed by the same tasks and not by
/// others.
/// </summary>
internal static class FollowUpIds
{
    /// <summary>The id of something that follows a task, a UUID of version 8.</summary>
    /// <param name="parentId">The task.</param>
    /// <param name="role">What it is to the task, such as <c>link/0</c>.</param>
    internal static string Of(string parentId, string role)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{parentId}/{role}"));
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString();
    }

    /// <summary>Gives every part of the signature an id that has none.</summary>
    internal static void Fix(SignatureDocument document, string parentId, string role)
    {
        var whole = document.Options.Text(OptionNames.TaskId);
        if (document.Kind is SignatureKind.Task or SignatureKind.Group) document.Options.TrySet(OptionNames.TaskId, Of(parentId, role));
        if (document.Kind == SignatureKind.Chain && document.Members.Count > 0) document.Members[^1].Options.TrySet(OptionNames.TaskId, whole); // a chain is called as its last step
        if (document is { Kind: SignatureKind.Chord, Body: { } body })
        {
            // One that was not sent before is called as its body, one that was as its header.
            if (whole != document.HeaderOptions.Text(OptionNames.TaskId)) body.Options.TrySet(OptionNames.TaskId, whole);
            document.HeaderOptions.TrySet(OptionNames.TaskId, Of(parentId, role));
            Fix(body, parentId, $"{role}/body");
        }

        for (var i = 0; i < document.Members.Count; i++) Fix(document.Members[i], parentId, $"{role}/{i}");
    }
}
