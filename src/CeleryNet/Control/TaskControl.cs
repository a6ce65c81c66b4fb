using System.Text.Json;

namespace CeleryNet.Control;

/// <summary>Sends remote control requests. What has to be remembered is stored first, so that no worker can miss both.</summary>
internal sealed class TaskControl(ControlClient client, IRevocationStore? store) : ITaskControl
{
    public Task RevokeAsync(IReadOnlyCollection<string> taskIds, bool terminate, CancellationToken cancellationToken)
    {
        Check(taskIds, nameof(taskIds));
        return RevokeAsync([.. taskIds.Select(Revocation.OfTask)], new ControlCall("revoke", ControlMessages.Revoke(taskIds, terminate), ControlOptions.All), cancellationToken);
    }

    public Task RevokeByStampAsync(string stamp, IReadOnlyCollection<string> values, bool terminate, CancellationToken cancellationToken)
    {
        Check([stamp], nameof(stamp));
        Check(values, nameof(values));
        var call = new ControlCall("revoke_by_stamped_headers", ControlMessages.RevokeByStamp(stamp, values, terminate), ControlOptions.All);
        return RevokeAsync([.. values.Select(value => new Revocation(stamp, value))], call, cancellationToken);
    }

    public Task SendAsync(string command, Action<Utf8JsonWriter>? arguments, ControlOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        return client.SendAsync(new ControlCall(command, arguments, options ?? ControlOptions.All), cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, ControlReply>> AskAsync(
        string command, Action<Utf8JsonWriter>? arguments, ControlOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(command);
        var replies = await client.AskAsync(new ControlCall(command, arguments, options ?? ControlOptions.All), cancellationToken).ConfigureAwait(false);
        return ControlReply.ByNode(replies);
    }

    private async Task RevokeAsync(List<Revocation> revocations, ControlCall call, CancellationToken cancellationToken)
    {
        client.EnsureSupported();
        if (revocations.Count == 0) return;
        if (store is not null) await store.AddAsync(revocations, RevocationTable.Keep, cancellationToken).ConfigureAwait(false);
        await client.SendAsync(call, cancellationToken).ConfigureAwait(false);
    }

    private static void Check(IReadOnlyCollection<string> texts, string name)
    {
        ArgumentNullException.ThrowIfNull(texts, name);
        foreach (var text in texts)
        {
            ArgumentException.ThrowIfNullOrEmpty(text, name);
            if (text.Length > RevocationTable.LongestValue)
                throw new ArgumentException($"A value has {text.Length} characters, more than the {RevocationTable.LongestValue} that workers keep.", name);
        }
    }
}
