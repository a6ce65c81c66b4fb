using System.Collections.Concurrent;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;

namespace CeleryNet.Control;

/// <summary>Asks the Python workers something and gathers what they answer. Celery protocol, remote control, reply.</summary>
internal sealed class ControlInquiry(IBroker broker, TimeProvider time)
{
    // Celery's clients wait for one second; a worker that is busy on a slow machine may need longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The workers that consume a queue.</summary>
    internal async Task<IReadOnlyCollection<string>> ConsumersOfAsync(string queue, long clock, CancellationToken cancellationToken)
    {
        var answers = await AskAsync("active_queues", clock, cancellationToken).ConfigureAwait(false);
        return [.. answers.Where(answer => Names(answer.Value).Contains(queue)).Select(static answer => answer.Key)];
    }

    /// <summary>The workers that are there.</summary>
    internal async Task<IReadOnlyCollection<string>> NodesAsync(long clock, CancellationToken cancellationToken) =>
        [.. (await AskAsync("ping", clock, cancellationToken).ConfigureAwait(false)).Select(static answer => answer.Key)];

    private async Task<IReadOnlyDictionary<string, JsonElement>> AskAsync(string method, long clock, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentDictionary<string, JsonElement>();
        if (broker is MemoryBroker or not IBroadcaster) return answers; // no Python worker is in this process
        var broadcaster = (IBroadcaster)broker;
        var ticket = Guid.NewGuid().ToString();
        var replies = ControlExchange.RepliesTo(Guid.NewGuid().ToString());
        var listening = await broadcaster.ListenAsync(replies, ReceiveAsync, cancellationToken).ConfigureAwait(false);
        await using (listening.ConfigureAwait(false))
        {
            await broadcaster.BroadcastAsync(ControlMessages.Ask(method, replies, ticket, clock), cancellationToken).ConfigureAwait(false);
            await Task.Delay(Patience, time, cancellationToken).ConfigureAwait(false); // nobody knows how many there are
        }

        return answers;

        ValueTask ReceiveAsync(Broadcast message, CancellationToken stopping)
        {
            try
            {
                using var document = JsonDocument.Parse(message.Body);
                if (document.RootElement.ValueKind != JsonValueKind.Object) return default;
                foreach (var node in document.RootElement.EnumerateObject()) answers[node.Name] = node.Value.Clone();
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Not an answer of a worker; whoever sent it is not one that could be told anything.
            }

            return default;
        }
    }

    private static IEnumerable<string?> Names(JsonElement queues) => queues.ValueKind != JsonValueKind.Array
        ? []
        : queues.EnumerateArray()
            .Where(static queue => queue.ValueKind == JsonValueKind.Object && queue.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String)
            .Select(static queue => queue.GetProperty("name"u8).GetString());
}
