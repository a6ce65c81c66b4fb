using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Redis.Connections;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Log = CeleryNet.Redis.Diagnostics.Log;

namespace CeleryNet.Redis.Broadcasting;

/// <summary>Reads what arrived for one listener and calls it. Nothing that arrives, and nothing that the listener does, ends the listening.</summary>
internal sealed class BroadcastReceiver(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, WireOptions wire, ILogger logger)
{
    /// <summary>The listener's queue.</summary>
    internal BroadcastQueue Queue => queue;

    /// <summary>Reads an envelope and calls the listener.</summary>
    internal async Task ReceiveAsync(byte[] envelope, CancellationToken stopping)
    {
        try
        {
            var content = PlainEnvelope.Read(envelope, wire);
            var message = new Broadcast
            {
                Exchange = queue.Exchange,
                RoutingKey = content.RoutingKey,
                Headers = content.Headers,
                ContentType = content.ContentType,
                ContentEncoding = content.ContentEncoding,
                Body = content.Body,
            };
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
