using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Layout;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Log = CeleryNet.Redis.Diagnostics.Log;

namespace CeleryNet.Redis.Broadcasting;

/// <summary>Reads what arrived for one listener and calls it. Nothing that arrives, and nothing that the listener does, ends the listening.</summary>
internal sealed class BroadcastReceiver(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, WireOptions wire, ILogger logger)
{
    // Flows into the listener's call and what it awaits.
    private readonly AsyncLocal<bool> _isCalling = new();

    // Channels know wildcards that stand for anything; of a topic they are to stand for words.
    private readonly Binding? _filter = queue.Exchange.Type == "topic" && queue.RoutingKey.AsSpan().ContainsAny('*', '#') ? new Binding(queue.RoutingKey, queue.RoutingKey, queue.Name) : null;

    /// <summary>The listener's queue.</summary>
    internal BroadcastQueue Queue => queue;

    /// <summary>True inside the listener's call: who waits there for its end waits for ever.</summary>
    internal bool IsCalling => _isCalling.Value;

    /// <summary>Reads an envelope and calls the listener.</summary>
    internal async Task ReceiveAsync(byte[] envelope, CancellationToken stopping)
    {
        try
        {
            var content = PlainEnvelope.Read(envelope, wire);
            if (_filter is { } filter && !filter.Fits(content.RoutingKey, isFanout: false)) return;
            var message = new Broadcast
            {
                Exchange = queue.Exchange,
                RoutingKey = content.RoutingKey,
                Headers = content.Headers,
                ContentType = content.ContentType,
                ContentEncoding = content.ContentEncoding,
                Body = content.Body,
            };
            _isCalling.Value = true;
            await receive(message, stopping).ConfigureAwait(false);
        }
        catch (MessageFormatException error)
        {
            Log.BroadcastUnreadable(logger, Printable.Limit(queue.Name), envelope.Length, error.Reason);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            Log.ListenerFailed(logger, Printable.Limit(queue.Name), RedisFailure.Describe(error), error);
        }
        catch (OperationCanceledException)
        {
            // it stops
        }
    }
}
