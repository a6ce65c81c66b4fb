using System.Collections.Frozen;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Control;

/// <summary>
/// Receives the remote control requests of one worker, carries them out one after the other, and answers those who ask. Nothing that comes in can end the worker: what does not fit is
/// logged, and left out or answered with the error.
/// </summary>
internal sealed class ControlListener(ControlPanel panel, LamportClock clock, WireOptions wire, ILogger logger)
{
    // Clients wait for 1 s by default. A reply that is older is not worth that the next request waits.
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    private readonly FrozenDictionary<string, IControlCommand> _commands = panel.Commands.ToFrozenDictionary(command => command.Method);
    private IBroadcaster? _broadcaster;
    private string? _ownTicket;

    /// <summary>A request with this ticket is the worker's own and left alone.</summary>
    internal string? OwnTicket
    {
        set => Volatile.Write(ref _ownTicket, value);
    }

    /// <summary>Listens until the returned subscription is disposed.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    internal ValueTask<IAsyncDisposable> StartAsync(IBroadcaster broadcaster, CancellationToken cancellationToken)
    {
        _broadcaster = broadcaster;
        return broadcaster.ListenAsync(ControlExchange.QueueOf(panel.NodeName), ReceiveAsync, cancellationToken);
    }

    internal async ValueTask ReceiveAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ControlRequest request;
        clock.Adjust(message.Headers.GetValueOrDefault("clock") as long? ?? 0);
        try
        {
            request = ControlRequest.Read(message, wire.MaxBodyBytes, wire.MaxDepth);
            if (!request.Target.Includes(panel.NodeName)) return;
        }
        catch (MessageFormatException error)
        {
            Log.ControlRefused(logger, "?", Printable.Limit(error.Reason));
            return;
        }

        if (request.Ticket is { } ticket && ticket == Volatile.Read(ref _ownTicket)) return;
        await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        using var buffer = WireBuffer.Rent();
        try
        {
            var command = Find(request.Method);
            await RunAsync(command, request.Arguments, Open(buffer), cancellationToken).ConfigureAwait(false);
            if (command.IsSilent) return;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the worker stops
        }
        catch (Exception error)
        {
            buffer.Clear();
            Open(buffer).WriteError(ErrorOf(request.Method, error));
        }

        buffer.Json.WriteEndObject();
        buffer.Flush();
        if (request.ReplyTo is { } address) await ReplyAsync(request, address, buffer.Span.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    // The body is always {"<node name>": <reply>}.
    private Utf8JsonWriter Open(WireBuffer buffer)
    {
        buffer.Json.WriteStartObject();
        buffer.Json.WritePropertyName(panel.NodeName);
        return buffer.Json;
    }

    private IControlCommand Find(string method)
    {
        if (panel.Disabled.Contains(method)) throw new CommandException("PermissionError", $"{method} is switched off in this worker");
        return _commands.TryGetValue(method, out var command) ? command : throw new CommandException("KeyError", method);
    }

    private static async ValueTask RunAsync(IControlCommand command, JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var before = reply.BytesCommitted + reply.BytesPending;
        await command.ExecuteAsync(arguments, reply, cancellationToken).ConfigureAwait(false);
        if (reply.BytesCommitted + reply.BytesPending == before) reply.WriteNullValue();
    }

    private string ErrorOf(string method, Exception error)
    {
        method = Printable.Limit(method);
        switch (error)
        {
            case CommandException { PythonType: "KeyError" }:
                Log.ControlUnknown(logger, method);
                return ReplyJson.Repr("KeyError", method);
            case CommandException refused:
                Log.ControlRefused(logger, method, Printable.Limit(refused.Message));
                return ReplyJson.Repr(refused.PythonType, refused.Message);
            case MessageFormatException unfit:
                Log.ControlRefused(logger, method, Printable.Limit(unfit.Reason));
                return ReplyJson.Repr("TypeError", Printable.Limit(unfit.Reason));
            default:
                Log.ControlFailed(logger, method, error);
                return ReplyJson.Repr(error.GetType().Name, ConnectionString.Mask(Printable.Limit(error.Message)));
        }
    }

    private async ValueTask ReplyAsync(ControlRequest request, (string Exchange, string RoutingKey) address, byte[] body, CancellationToken cancellationToken)
    {
        if (_broadcaster is not { } broadcaster) return;
        var reply = new Broadcast
        {
            Exchange = ControlExchange.Replies with { Name = address.Exchange },
            RoutingKey = address.RoutingKey,
            Headers = new Dictionary<string, object?> { ["ticket"] = request.Ticket, ["clock"] = clock.Forward() },
            Body = body,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReplyTimeout);
        try
        {
            await broadcaster.BroadcastAsync(reply, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TaskQueueException or OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested) Log.ReplyNotSent(logger, Printable.Limit(request.Method), ConnectionString.Mask(error.Message));
        }
    }
}
