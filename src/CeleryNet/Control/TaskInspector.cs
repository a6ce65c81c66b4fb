using System.Text.Json;

namespace CeleryNet.Control;

/// <summary>Asks over the host's control client.</summary>
internal sealed class TaskInspector(ControlClient client) : ITaskInspector
{
    public async Task<IReadOnlyDictionary<string, ControlReply>> AskAsync(
        string question, Action<Utf8JsonWriter>? arguments, ControlOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(question);
        var replies = await client.AskAsync(new ControlCall(question, arguments, options ?? ControlOptions.All), cancellationToken).ConfigureAwait(false);
        return ControlReply.ByNode(replies);
    }
}
