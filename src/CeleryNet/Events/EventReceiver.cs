using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Events;

/// <summary>Receives events over the broker's broadcasts; every capture has a queue of its own.</summary>
internal sealed class EventReceiver(IBroker broker, LamportClock clock, WireOptions wire, TimeProvider time, ILogger logger) : IEventReceiver
{
    private const int MostWaiting = 10_000;

    // Celery's control request without reply.
    private static readonly byte[] Heartbeat = Encoding.UTF8.GetBytes("""{"method": "heartbeat", "arguments": {}, "destination": null, "pattern": null, "matcher": null}""");

    public async IAsyncEnumerable<ClusterEvent> CaptureAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broadcaster = broker as IBroadcaster ?? throw new TaskQueueException(
            ErrorCodes.NotSupported, $"The broker {broker.Address} carries no events, so there is nothing to receive. Use RabbitMQ, Redis or the in-memory broker.");
        var missed = 0L;
        var arrived = Channel.CreateBounded<ClusterEvent>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Missed(Interlocked.Increment(ref missed)));
        var subscription = await broadcaster.ListenAsync(
            EventExchange.QueueOf(Guid.NewGuid()), (message, _) => Receive(message, arrived.Writer), cancellationToken).ConfigureAwait(false);
        await using (subscription.ConfigureAwait(false))
        {
            await AskForHeartbeatsAsync(broadcaster, cancellationToken).ConfigureAwait(false);
            await foreach (var told in arrived.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return told;
        }
    }

    private ValueTask Receive(Broadcast message, ChannelWriter<ClusterEvent> arrived)
    {
        try
        {
            foreach (var told in EventReader.Read(message, clock, time.GetUtcNow(), wire)) arrived.TryWrite(told);
        }
        catch (MessageFormatException error)
        {
            Log.EventUnreadable(logger, message.Body.Length, Printable.Limit(error.Reason));
        }

        return default;
    }

    private async Task AskForHeartbeatsAsync(IBroadcaster broadcaster, CancellationToken cancellationToken)
    {
        var request = new Broadcast
        {
            Exchange = ControlExchange.Requests,
            Headers = new Dictionary<string, object?> { [EventFields.Clock] = clock.Forward(), ["expires"] = 0L },
            Body = Heartbeat,
        };
        try
        {
            await broadcaster.BroadcastAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException error)
        {
            Log.HeartbeatNotAsked(logger, Printable.Limit(error.Reason));
        }
    }

    // Said at the first, second, fourth, eighth …, or the log would be full of it.
    private void Missed(long count)
    {
        if (long.IsPow2(count)) Log.EventsMissed(logger, count, MostWaiting);
    }
}
