using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;

namespace CeleryNet.Control;

/// <summary>
/// Pauses queues and lets them go on. The broker's flags are the truth; what is broadcast only makes C# workers look there at once. Python workers know no pause, so those that consume the queue
/// are told to leave it, are noted, and are told to take it up again.
/// </summary>
internal sealed class QueuePauses(PauseFlags flags, IBroker broker, ControlClient client)
{
    // Celery's clients wait for one second; a worker that is busy on a slow machine may need longer.
    private static readonly ControlOptions Patient = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Pauses a queue. It is certain when this returns, for workers that cannot be reached now too.</summary>
    internal async Task PauseAsync(string queue, CancellationToken cancellationToken)
    {
        await flags.PauseAsync(queue, cancellationToken).ConfigureAwait(false);
        if (broker is not IBroadcaster) return;
        await LookAsync(queue, cancellationToken).ConfigureAwait(false);
        var answers = await AskAsync("active_queues", cancellationToken).ConfigureAwait(false);
        string[] consuming = [.. answers.Where(answer => Names(answer.Value).Contains(queue)).Select(static answer => answer.Key)];
        if (consuming.Length == 0) return;
        foreach (var node in consuming) await flags.NoteLeftAsync(queue, node, cancellationToken).ConfigureAwait(false); // before they leave it, so that none is forgotten
        await TellAsync("cancel_consumer", queue, consuming, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a queue go on.</summary>
    internal async Task ResumeAsync(string queue, CancellationToken cancellationToken)
    {
        await flags.ResumeAsync(queue, cancellationToken).ConfigureAwait(false);
        if (broker is not IBroadcaster) return;
        await LookAsync(queue, cancellationToken).ConfigureAwait(false);
        var left = new List<string>();
        foreach (var (node, _) in await AskAsync("ping", cancellationToken).ConfigureAwait(false))
        {
            if (await flags.HasLeftAsync(queue, node, cancellationToken).ConfigureAwait(false)) left.Add(node);
        }

        if (left.Count == 0) return;
        await TellAsync("add_consumer", queue, left, cancellationToken).ConfigureAwait(false);
        foreach (var node in left) await flags.ForgetLeftAsync(queue, node, cancellationToken).ConfigureAwait(false);
    }

    private Task LookAsync(string queue, CancellationToken cancellationToken) =>
        client.SendAsync(new ControlCall("ping", ControlMessages.LookAtQueue(queue), ControlOptions.All), cancellationToken);

    private Task TellAsync(string command, string queue, IReadOnlyList<string> nodes, CancellationToken cancellationToken) =>
        client.SendAsync(new ControlCall(command, ControlMessages.QueueOfPause(queue), new ControlOptions { Destinations = nodes }), cancellationToken);

    // No Python worker is in the process of the in-memory broker.
    private async Task<IReadOnlyList<KeyValuePair<string, JsonElement>>> AskAsync(string question, CancellationToken cancellationToken) =>
        broker is MemoryBroker ? [] : await client.AskAsync(new ControlCall(question, null, Patient), cancellationToken).ConfigureAwait(false);

    private static IEnumerable<string> Names(JsonElement queues) => queues.ValueKind != JsonValueKind.Array
        ? []
        : queues.EnumerateArray().Where(static queue => queue.ValueKind == JsonValueKind.Object).Select(static queue => ReplyReader.Queue(queue).Name);
}
