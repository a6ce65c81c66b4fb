using System.Collections.Frozen;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Control;

/// <summary>Receives the remote control requests of one worker and carries them out, one after the other. Nothing that comes in can end the worker: what does not fit is logged and left out.</summary>
internal sealed class ControlListener(string nodeName, IEnumerable<IControlCommand> commands, WireOptions wire, ILogger logger)
{
    private readonly FrozenDictionary<string, IControlCommand> _commands = commands.ToFrozenDictionary(command => command.Method);

    /// <summary>Listens until the returned subscription is disposed.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    internal ValueTask<IAsyncDisposable> StartAsync(IBroadcaster broadcaster, CancellationToken cancellationToken) =>
        broadcaster.ListenAsync(ControlExchange.QueueOf(nodeName), ReceiveAsync, cancellationToken);

    internal async ValueTask ReceiveAsync(Broadcast message, CancellationToken cancellationToken)
    {
        var method = "?";
        try
        {
            var request = ControlRequest.Read(message, wire.MaxBodyBytes, wire.MaxDepth);
            method = request.Method;
            if (!request.Target.Includes(nodeName)) return;
            if (_commands.TryGetValue(method, out var command)) await command.ExecuteAsync(request.Arguments, cancellationToken).ConfigureAwait(false);
            else Log.ControlUnknown(logger, Printable.Limit(method));
        }
        catch (MessageFormatException error)
        {
            Log.ControlRefused(logger, Printable.Limit(method), Printable.Limit(error.Reason));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The worker stops.
        }
        catch (Exception error)
        {
            Log.ControlFailed(logger, Printable.Limit(method), error);
        }
    }
}
