using System.Net.Sockets;
using CeleryNet.RabbitMQ.Diagnostics;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>
/// One connection that is used until it breaks and then thrown away. It holds the socket itself, because the client's own ways to close wait for an answer that a
/// dead peer never gives.
/// </summary>
internal sealed class RabbitMQConnection : IAsyncDisposable
{
    // Long enough for the client's reader to notice that its socket is gone; after that it is left to the collector.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly Socket _socket;
    private readonly HeartbeatWatch _watch;
    private readonly TimeSpan _answerTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isBlocked;

    internal RabbitMQConnection(IConnection connection, WatchedTcpClient client, RabbitMQEndpoint endpoint, TimeSpan answerTimeout, TimeProvider time, ILogger logger)
    {
        (_connection, _socket, Endpoint, _answerTimeout, _time, _logger) = (connection, client.Client, endpoint, answerTimeout, time, logger);
        _watch = new HeartbeatWatch(client, connection.Heartbeat, Drop, time); // first, since the events end it
        connection.ConnectionShutdownAsync += OnShutdownAsync;
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
    }

    internal RabbitMQEndpoint Endpoint { get; }

    /// <summary>Completes with the reason when the connection is gone; never fails.</summary>
    internal Task<string> Closed => _closed.Task;

    internal bool IsOpen => !_closed.Task.IsCompleted && _connection.IsOpen;

    /// <summary>True while the broker reads nothing from this connection, because it is short of memory or disk.</summary>
    internal bool IsBlocked => _isBlocked;

    /// <summary>Called when <see cref="IsBlocked"/> changed.</summary>
    internal Action? BlockedChanged { get; set; }

    internal Task<IChannel> OpenChannelAsync(CreateChannelOptions? options = null) => AskAsync(_connection.CreateChannelAsync(options));

    /// <summary>Waits for an answer of the broker. None in time means that the connection is no good: it is dropped.</summary>
    internal async Task<T> AskAsync<T>(Task<T> request)
    {
        await AskAsync((Task)request).ConfigureAwait(false);
        return await request.ConfigureAwait(false);
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    internal async Task AskAsync(Task request)
    {
        try
        {
            await request.WaitAsync(_answerTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!request.IsCompleted)
        {
            Observe(request);
            Drop($"no answer within {_answerTimeout.TotalSeconds:0.#} s");
            throw;
        }
    }

    /// <summary>Drops the socket. Whoever uses the connection is told by <see cref="Closed"/>.</summary>
    internal void Drop(string reason)
    {
        _closed.TrySetResult(reason);
        _watch.Dispose();
        _socket.Dispose();
    }

    /// <summary>Says good-bye, so that everything written before has arrived, but waits no longer than <paramref name="patience"/>.</summary>
    internal async Task CloseAsync(IChannel channel, TimeSpan patience)
    {
        if (!IsOpen) return;
        var closing = CloseAsync(channel);
        try
        {
            await closing.WaitAsync(patience, _time).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Observe(closing);
            Log.CloseFailed(_logger, Endpoint, error.Message);
        }
    }

    private async Task CloseAsync(IChannel channel)
    {
        await channel.CloseAsync().ConfigureAwait(false);
        await _connection.CloseAsync(Constants.ReplySuccess, "Goodbye", EndTimeout, abort: true).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Drop("disposed");
        var ending = _connection.DisposeAsync().AsTask();
        try
        {
            await ending.WaitAsync(EndTimeout).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Observe(ending);
            Log.CloseFailed(_logger, Endpoint, error.Message);
        }
    }

    /// <summary>A task nobody waits for any longer must not surface as unobserved.</summary>
    internal static void Observe(Task task) => _ = task.ContinueWith(
        static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        if (reason.Initiator != ShutdownInitiator.Application) Drop(CloseReasons.Describe(reason)); // else our own good-bye is still to be written
        return Task.CompletedTask;
    }

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        _isBlocked = true;
        Log.Blocked(_logger, Endpoint, CeleryNet.Diagnostics.Printable.Limit(blocked.Reason));
        BlockedChanged?.Invoke();
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        _isBlocked = false;
        Log.Unblocked(_logger, Endpoint);
        BlockedChanged?.Invoke();
        return Task.CompletedTask;
    }
}
