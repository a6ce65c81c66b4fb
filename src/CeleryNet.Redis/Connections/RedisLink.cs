using CeleryNet.Diagnostics;
using CeleryNet.Redis.Diagnostics;
using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>
/// Keeps one connection for one purpose. The client's own reconnecting is not relied on: whatever fails is closed, and a new connection is built from scratch when it is
/// asked for. Thread-safe.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly RedisConnector _connector;
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _closing = [];
    private RedisSession? _session;
    private Task<RedisSession>? _connecting;
    private Exception? _lastError;
    private int _sessions;
    private bool _isDisposed;

    internal RedisLink(RedisConnector connector, string role, bool needsSubscriptions = false, TimeSpan? commandTimeout = null)
    {
        CommandTimeout = commandTimeout ?? connector.Options.CommandTimeout;
        _connector = connector;
        Role = role;
        NeedsSubscriptions = needsSubscriptions;
    }

    /// <summary>What the connection is for; shown in logs and in the server's CLIENT LIST.</summary>
    internal string Role { get; }

    internal bool NeedsSubscriptions { get; }

    /// <summary>How long one command may take.</summary>
    internal TimeSpan CommandTimeout { get; }

    internal RedisOptions Options => _connector.Options;

    internal RedisConnector Connector => _connector;

    /// <summary>The connection, when there is one.</summary>
    internal RedisSession? Current => Volatile.Read(ref _session);

    internal bool IsConnected => Volatile.Read(ref _session) is not null;

    /// <summary>Raised after a session began and before anybody gets it.</summary>
    internal Action<RedisSession>? SessionStarted { get; init; }

    /// <summary>Raised after a session was given up.</summary>
    internal Action? SessionEnded { get; init; }

    /// <summary>The connection, made when there is none.</summary>
    /// <exception cref="BrokerUnavailableException">It did not come up within the limit.</exception>
    internal ValueTask<RedisSession> GetAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        Volatile.Read(ref _session) is { } session ? new ValueTask<RedisSession>(session) : ConnectAsync(limit, cancellationToken);

    private async ValueTask<RedisSession> ConnectAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task<RedisSession> connecting;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_session is not null) return _session;
            connecting = _connecting ??= Task.Run(EstablishAsync, CancellationToken.None);
        }

        try
        {
            return await connecting.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException timeout)
        {
            var cause = Volatile.Read(ref _lastError);
            throw new BrokerUnavailableException(
                ErrorCodes.BrokerUnavailable,
                $"Redis at {_connector.Address} could not be reached within {limit.TotalSeconds:0.##} s: {(cause is null ? "no answer in time" : RedisFailure.Describe(cause))}. "
                + "Check that the server runs, its address, its password and the number of the database.",
                cause ?? timeout);
        }
        catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(RedisLink));
        }
    }

    private async Task<RedisSession> EstablishAsync()
    {
        try
        {
            var (multiplexer, endpoint, features) = await _connector.ConnectAsync(this, error => Volatile.Write(ref _lastError, error), _disposing.Token).ConfigureAwait(false);
            var session = new RedisSession(this, multiplexer, endpoint, features, ++_sessions);
            multiplexer.ConnectionFailed += (_, failed) => GiveUp(session, failed.Exception ?? new IOException($"the connection failed ({failed.FailureType})"));
            SessionStarted?.Invoke(session);
            lock (_lock)
            {
                _session = session;
                _connecting = null;
            }

            Log.Connected(_connector.Logger, endpoint.ToString(), Role, features.Version.ToString());
            if (!multiplexer.IsConnected) GiveUp(session, new IOException("it was closed at once"));
            return session;
        }
        catch
        {
            lock (_lock) _connecting = null;
            throw;
        }
    }

    /// <summary>Throws the session away, once.</summary>
    internal void GiveUp(RedisSession session, Exception reason)
    {
        lock (_lock)
        {
            if (_session != session) return;
            _session = null;
            _lastError = reason;
        }

        if (RedisFailure.IsWrongServer(reason)) _connector.Skip(session.Endpoint);
        if (!_disposing.IsCancellationRequested) Log.ConnectionLost(_connector.Logger, session.Endpoint.ToString(), Role, RedisFailure.Describe(reason));
        session.IsEnded = true;
        Close(session.Multiplexer);
        SessionEnded?.Invoke();
    }

    /// <summary>Closes in the background; <see cref="DisposeAsync"/> waits for it.</summary>
    internal void Close(ConnectionMultiplexer multiplexer) => Track(CloseAsync(multiplexer));

    /// <summary>Closes a connection nobody waits for any more, when it comes up after all.</summary>
    internal void CloseWhenConnected(Task<ConnectionMultiplexer> connecting) => Track(CloseLateAsync(connecting));

    private async Task CloseLateAsync(Task<ConnectionMultiplexer> connecting)
    {
        try
        {
            await CloseAsync(await connecting.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.CloseFailed(_connector.Logger, Role, RedisFailure.Describe(error));
        }
    }

    private async Task CloseAsync(ConnectionMultiplexer multiplexer)
    {
        try
        {
            await Task.Yield(); // this may be called from the client's own event
            await multiplexer.CloseAsync(allowCommandsToComplete: false).WaitAsync(CloseLimit).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.CloseFailed(_connector.Logger, Role, RedisFailure.Describe(error));
        }
    }

    private void Track(Task closing)
    {
        lock (_lock)
        {
            _closing.RemoveWhere(static done => done.IsCompleted);
            _closing.Add(closing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        RedisSession? session;
        Task? connecting;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            session = _session;
            connecting = _connecting;
        }

        await _disposing.CancelAsync().ConfigureAwait(false);
        if (connecting is not null) await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock) session ??= _session;
        if (session is not null) GiveUp(session, new ObjectDisposedException(nameof(RedisLink)));
        Task[] closing;
        lock (_lock) closing = [.. _closing];
        await Task.WhenAny(Task.WhenAll(closing), Task.Delay(CloseLimit)).ConfigureAwait(false);
    }
}
