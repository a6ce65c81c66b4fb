using System.Net.Sockets;
using CeleryNet.Brokers;
using CeleryNet.Redis.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>
/// Connects all links of one broker or result backend. One attempt at a time with one common back-off, so that a worker with many connections does not hammer a server
/// that is away; the endpoints are tried in turn.
/// </summary>
internal sealed class RedisConnector : IDisposable
{
    private static readonly TimeSpan SubscriberPause = TimeSpan.FromMilliseconds(10);

    // Every command is awaited with a limit of its own; the client's looks only once a second, and would come first where a publish may take longer.
    private static readonly TimeSpan OwnLimit = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<RedisEndpoint> _endpoints;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Backoff _backoff;
    private int _current;

    internal RedisConnector(IReadOnlyList<RedisEndpoint> endpoints, RedisOptions options, TimeSpan connectTimeout, TimeProvider time, Random random, ILogger logger)
    {
        _endpoints = endpoints;
        Options = options;
        _connectTimeout = connectTimeout;
        _time = time;
        _logger = logger;
        _backoff = new Backoff(random);
    }

    internal RedisOptions Options { get; }

    internal ILogger Logger => _logger;

    /// <summary>The endpoint in use, or to be tried next; the password is masked.</summary>
    internal string Address => _endpoints[_current].ToString();

    /// <summary>True when both connect to the same database of the same server, and to no other.</summary>
    internal bool IsSameServer(RedisConnector other) => _endpoints is [var own] && other._endpoints is [var others]
        && own.Host.Equals(others.Host, StringComparison.OrdinalIgnoreCase) && own.Port == others.Port && own.Database == others.Database;

    /// <summary>Tells that the current endpoint does not serve, so that the next attempt goes to another one.</summary>
    internal void Skip(RedisEndpoint endpoint)
    {
        var current = _current;
        if (_endpoints[current] == endpoint) Interlocked.CompareExchange(ref _current, (current + 1) % _endpoints.Count, current);
    }

    /// <summary>Tries until it is connected or cancelled.</summary>
    internal async Task<(ConnectionMultiplexer Multiplexer, RedisEndpoint Endpoint, ServerFeatures Features)> ConnectAsync(
        RedisLink link, Action<Exception> onAttemptFailed, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                var endpoint = _endpoints[_current];
                try
                {
                    var connected = await AttemptAsync(endpoint, link, cancellationToken).ConfigureAwait(false);
                    _backoff.Reset();
                    return connected;
                }
                catch (Exception error) when (!cancellationToken.IsCancellationRequested)
                {
                    onAttemptFailed(error);
                    var delay = _backoff.Next();
                    Log.ConnectFailed(_logger, endpoint.ToString(), link.Role, delay.TotalSeconds, RedisFailure.Describe(error));
                    Skip(endpoint);
                    await Task.Delay(delay, _time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<(ConnectionMultiplexer, RedisEndpoint, ServerFeatures)> AttemptAsync(RedisEndpoint endpoint, RedisLink link, CancellationToken cancellationToken)
    {
        var limit = _connectTimeout + TimeSpan.FromSeconds(1); // the client's own limit comes first; this one is for a server that accepts and stays silent
        await ProbeAsync(endpoint, limit, cancellationToken).ConfigureAwait(false);
        var connecting = ConnectionMultiplexer.ConnectAsync(Configure(endpoint, link));
        ConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = await connecting.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            link.CloseWhenConnected(connecting);
            throw;
        }

        try
        {
            var database = multiplexer.GetDatabase(endpoint.Database);

            // The client goes on as the default user when the server refuses a name, so the server is asked once more.
            if (endpoint.User is { } user) await database.ExecuteAsync("AUTH", user, endpoint.Password!).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            var info = await database.ExecuteAsync("INFO", "server").WaitAsync(limit, cancellationToken).ConfigureAwait(false);

            var replication = await database.ExecuteAsync("INFO", "replication").WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            if (((string?)replication)?.Contains("role:slave", StringComparison.Ordinal) == true) throw new IOException("the server is a replica, which takes no writes");

            // An answer from the database itself: a wrong number, a server that still loads, or a missing password shows here and not later.
            await database.ExecuteAsync("EXISTS", (RedisKey)"celerynet").WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            if (link.NeedsSubscriptions) await AwaitSubscriberAsync(multiplexer, limit, cancellationToken).ConfigureAwait(false);
            return (multiplexer, endpoint, ServerFeatures.Read((string?)info));
        }
        catch
        {
            link.Close(multiplexer);
            throw;
        }
    }

    // Of a hundred refused connections the client (3.4.35) reports one or two only when its whole time limit has passed; a plain socket reports each at once.
    private static async Task ProbeAsync(RedisEndpoint endpoint, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).AsTask().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
    }

    // Subscriptions have a socket of their own, which may come up later than the first. Until then the client would accept a subscription without making it.
    private async Task AwaitSubscriberAsync(ConnectionMultiplexer multiplexer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await multiplexer.GetSubscriber().PingAsync().WaitAsync(limit, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RedisConnectionException) when (_time.GetElapsedTime(started) < limit)
            {
                await Task.Delay(SubscriberPause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private ConfigurationOptions Configure(RedisEndpoint endpoint, RedisLink link)
    {
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            AllowAdmin = true, // to the client INFO is an administrator's command
            ConnectRetry = 1,
            ConnectTimeout = (int)_connectTimeout.TotalMilliseconds,
            AsyncTimeout = (int)OwnLimit.TotalMilliseconds,
            BacklogPolicy = BacklogPolicy.FailFast, // a lost connection is thrown away, and nothing waits for it to heal
            Protocol = RedisProtocol.Resp2, // the scripts' answers have one form only
            DefaultDatabase = endpoint.Database,
            User = endpoint.User,
            Password = endpoint.Password,
            Ssl = endpoint.IsTls,
            ClientName = $"celerynet-{link.Role}",
            KeepAlive = 10,
            TieBreaker = "",
            ConfigurationChannel = "",
        };
        configuration.EndPoints.Add(endpoint.Host, endpoint.Port);
        if (endpoint.IsTls) configuration.SslHost = endpoint.Host;
#pragma warning disable CA5359 // the user asked for it: ssl_cert_reqs=none
        if (endpoint.IsTls && !endpoint.VerifyCertificate) configuration.CertificateValidation += static (_, _, _, _) => true;
#pragma warning restore CA5359
        if (!link.NeedsSubscriptions) configuration.CommandMap = WithoutSubscriptions;
        return configuration;
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // Without these commands the client opens no second socket.
    private static readonly CommandMap WithoutSubscriptions =
        CommandMap.Create(new HashSet<string> { "SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE" }, available: false);
}
