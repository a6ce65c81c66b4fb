using System.Collections.Concurrent;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Control;

/// <summary>Asks workers and collects their replies. It listens for replies from the first question on until it is disposed. Thread-safe.</summary>
internal sealed class ControlClient(IBroker broker, LamportClock clock, WireOptions wire, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly string _id = Guid.NewGuid().ToString();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly ConcurrentDictionary<string, PendingReplies> _pending = new();
    private IAsyncDisposable? _subscription;
    private bool _isDisposed;

    /// <summary>Sends a request to which no reply is wanted. Returns when the broker has it.</summary>
    internal async Task SendAsync(ControlCall call, CancellationToken cancellationToken)
    {
        call.Options.Check();
        await Broadcaster().BroadcastAsync(ControlMessages.Request(call, null, clock.Forward(), 0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request and waits for the replies.</summary>
    /// <param name="call">What is asked of whom.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    /// <param name="asked">Told the ticket before the request is sent.</param>
    /// <param name="silent">How many of those that hear it will not reply.</param>
    internal async Task<List<KeyValuePair<string, JsonElement>>> AskAsync(
        ControlCall call, CancellationToken cancellationToken, Action<string>? asked = null, int silent = 0)
    {
        call.Options.Check();
        var broadcaster = Broadcaster();
        await ListenAsync(broadcaster, cancellationToken).ConfigureAwait(false);
        var ticket = Guid.NewGuid().ToString();
        var replies = new PendingReplies(call.Options.Destinations);
        _pending[ticket] = replies;
        asked?.Invoke(ticket);
        try
        {
            var expires = (time.GetUtcNow() + call.Options.Timeout - DateTimeOffset.UnixEpoch).TotalSeconds;
            var heard = await broadcaster.BroadcastAsync(ControlMessages.Request(call, (ticket, _id), clock.Forward(), expires), cancellationToken).ConfigureAwait(false);
            // Of those that hear a request for some, only some reply.
            if (heard is { } count && (call.Options is { Destinations.Count: 0, Pattern: null } || count == 0)) replies.Expect(count - silent);
            await replies.Completed.WaitAsync(call.Options.Timeout, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whoever is there has replied; this is the usual end where nobody knows how many there are.
        }
        finally
        {
            _pending.TryRemove(ticket, out _);
        }

        return replies.Replies;
    }

    /// <summary>Throws where the broker carries no remote control.</summary>
    internal void EnsureSupported() => Broadcaster();

    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed = true;
            if (_subscription is { } subscription) await subscription.DisposeAsync().ConfigureAwait(false);
            _subscription = null;
        }
        finally
        {
            _starting.Release();
        }
    }

    private IBroadcaster Broadcaster() => broker as IBroadcaster ?? throw new TaskQueueException(
        ErrorCodes.NoControl, $"The broker {broker.Address} carries no remote control, so no worker can be told or asked anything. Use RabbitMQ, Redis or the in-memory broker.");

    private async ValueTask ListenAsync(IBroadcaster broadcaster, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _subscription) is not null) return;
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _subscription ??= await broadcaster.ListenAsync(ControlExchange.ReplyQueueOf(_id), ReceiveAsync, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    private ValueTask ReceiveAsync(Broadcast message, CancellationToken cancellationToken)
    {
        clock.Adjust(message.Headers.GetValueOrDefault("clock") as long? ?? 0);
        if (message.Headers.GetValueOrDefault("ticket") is not string ticket || !_pending.TryGetValue(ticket, out var replies)) return default; // it came too late
        if (message.Body.Length > wire.MaxBodyBytes)
        {
            Log.ReplyUnreadable(logger, $"it has {message.Body.Length} bytes, more than the limit of {wire.MaxBodyBytes} (MaxBodyBytes)");
            return default;
        }

        try
        {
            // Arguments of tasks lie deeper here than in their message.
            foreach (var (node, reply) in JsonDialect.Parse(message.Body, wire.MaxDepth + 8, Parse, ErrorCodes.BadMessage, "it")) replies.Add(node, reply);
        }
        catch (MessageFormatException error)
        {
            Log.ReplyUnreadable(logger, error.Reason);
        }

        return default;
    }

    private static List<KeyValuePair<string, JsonElement>> Parse(ReadOnlyMemory<byte> json, int maxDepth)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is not an object");
        return [.. document.RootElement.EnumerateObject().Select(reply => KeyValuePair.Create(reply.Name, reply.Value.Clone()))];
    }
}
