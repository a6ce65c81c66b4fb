using System.Text.Json;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Commands;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Asks the other workers, C# and Python, what is revoked and how late it is by their logical clocks, when a worker starts. Celery protocol, mingle. Takes as long as others may take to answer, so
/// the worker connects meanwhile; only the first task waits for it.
/// </summary>
internal sealed class Mingle(WorkerOptions options, WorkerSurroundings surroundings, RevocationTable revocations, TimeProvider time, ILogger logger)
{
    /// <summary>Asks once. Never fails: a worker that hears nothing goes on with what it knows.</summary>
    /// <param name="client">Asks.</param>
    /// <param name="listener">The worker's own, which hears the question too and must not answer it.</param>
    /// <param name="stopping">Cancelled when the worker stops.</param>
    internal async Task RunAsync(ControlClient client, ControlListener listener, CancellationToken stopping)
    {
        try
        {
            var call = new ControlCall("hello", Arguments, new ControlOptions { Timeout = options.MingleTimeout });
            var replies = await client.AskAsync(call, stopping, asked: ticket => listener.OwnTicket = ticket, silent: 1).ConfigureAwait(false);
            Merge(replies);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // it stops before it began
        }
        catch (Exception error)
        {
            Log.MingleFailed(logger, options.NodeName, Brokers.ConnectionString.Mask(error.Message));
        }
    }

    private void Arguments(Utf8JsonWriter writer)
    {
        writer.WriteString("from_node"u8, options.NodeName);
        writer.WritePropertyName("revoked"u8);
        RevokedMap.Write(writer, revocations.TaskIds(), time);
    }

    private void Merge(List<KeyValuePair<string, JsonElement>> replies)
    {
        var (peers, count) = (0, 0);
        foreach (var (node, reply) in replies)
        {
            if (node == options.NodeName)
            {
                Log.NodeNameTaken(logger, node); // its own listener does not answer
                continue;
            }

            if (reply.ValueKind != JsonValueKind.Object) continue;
            peers++;
            if (reply.TryGetProperty("clock"u8, out var clock) && clock.ValueKind == JsonValueKind.Number && clock.TryGetInt64(out var value)) surroundings.Clock.Adjust(value);
            if (!reply.TryGetProperty("revoked"u8, out var revoked)) continue;
            count += Add(revoked);
        }

        if (peers > 0) Log.Mingled(logger, options.NodeName, count, peers);
    }

    private int Add(JsonElement revoked)
    {
        try
        {
            return RevokedMap.Read(revoked).Count(id => revocations.Add(Revocation.OfTask(id)));
        }
        catch (MessageFormatException error)
        {
            Log.ReplyUnreadable(logger, error.Reason);
            return 0;
        }
    }
}
