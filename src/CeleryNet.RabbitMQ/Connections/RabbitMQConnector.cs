using System.Net.Sockets;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Diagnostics;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>Opens connections. Several URLs are tried in turn, beginning with the last that worked. Thread-safe.</summary>
internal sealed class RabbitMQConnector(RabbitMQSettings settings, TimeProvider time, ILogger logger)
{
    private readonly ReconnectPace _pace = new(Random.Shared, time);

    // RabbitMQ's own highest limit. A smaller one in the client would end the connection for one large message, again and again; the worker refuses such a message alone.
    private const uint LargestBody = 512 * 1024 * 1024;

    private int _preferred;
    private volatile string? _lastFailure;

    /// <summary>Why the last attempt of anybody failed; <c>null</c> when it did not, or before the first has ended.</summary>
    internal string? LastFailure => _lastFailure;

    /// <summary>
    /// Opens a connection for a loop that does so again and again. While the server is away, all such loops take turns at one pace: it is not asked more often because more is to be told to it.
    /// </summary>
    /// <inheritdoc cref="ConnectAsync(string, CancellationToken)"/>
    internal async Task<RabbitMQConnection> ReconnectAsync(string purpose, CancellationToken cancellationToken)
    {
        using var turn = await _pace.EnterAsync(cancellationToken).ConfigureAwait(false);
        return await ConnectAsync(purpose, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="purpose">Shown in the broker's management pages.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="BrokerUnavailableException">No address answered.</exception>
    internal async Task<RabbitMQConnection> ConnectAsync(string purpose, CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        Exception? last = null;
        var round = _pace.Round;
        var first = Volatile.Read(ref _preferred);
        for (var i = 0; i < settings.Endpoints.Count; i++)
        {
            var index = (first + i) % settings.Endpoints.Count;
            var endpoint = settings.Endpoints[index];
            try
            {
                var connection = await ConnectAsync(endpoint, purpose, cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _preferred, index);
                _pace.Succeeded();
                _lastFailure = null;
                Log.Connected(logger, endpoint, purpose);
                return connection;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                last = error;
                failures.Add($"{endpoint}: {(error is TimeoutException ? $"no answer within {endpoint.ConnectTimeout.TotalSeconds:0.#} s" : CloseReasons.Describe(error))}");
            }
        }

        _pace.Failed(round);
        var reason = $"RabbitMQ cannot be reached ({string.Join("; ", failures)}). Check that it runs, the address, the user and the virtual host.";
        _lastFailure = reason;
        throw new BrokerUnavailableException(ErrorCodes.BrokerUnavailable, reason, last);
    }

    private async Task<RabbitMQConnection> ConnectAsync(RabbitMQEndpoint endpoint, string purpose, CancellationToken cancellationToken)
    {
        var sockets = new SocketKeeper();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var factory = FactoryOf(endpoint, sockets);
        var connecting = factory.CreateConnectionAsync($"{settings.ClientName} {purpose}", limit.Token);
        try
        {
            var connection = await connecting.WaitAsync(endpoint.ConnectTimeout, time, cancellationToken).ConfigureAwait(false);
            return new RabbitMQConnection(connection, sockets.Current!, endpoint, settings.AnswerTimeout, time, logger);
        }
        catch
        {
            RabbitMQConnection.Observe(connecting);
            await limit.CancelAsync().ConfigureAwait(false);
            sockets.Drop();
            throw;
        }
    }

    private static ConnectionFactory FactoryOf(RabbitMQEndpoint endpoint, SocketKeeper sockets) => new()
    {
        HostName = endpoint.Host,
        Port = endpoint.Port,
        UserName = endpoint.User,
        Password = endpoint.Password,
        VirtualHost = endpoint.VirtualHost,
        RequestedHeartbeat = endpoint.Heartbeat,
        RequestedConnectionTimeout = endpoint.ConnectTimeout,
        HandshakeContinuationTimeout = endpoint.ConnectTimeout,
        MaxInboundMessageBodySize = LargestBody,
        AutomaticRecoveryEnabled = false, // its recovery has known deadlocks; the loops of this package build everything anew
        TopologyRecoveryEnabled = false,
        SocketFactory = sockets.Open,
        Ssl = new SslOption
        {
            Enabled = endpoint.UsesTls,
            ServerName = endpoint.TlsServerName ?? endpoint.Host,
            Certs = endpoint.ClientCertificates,
            CertificateValidationCallback = endpoint.ServerCertificateValidation,
        },
    };

    // An attempt may open two sockets, one per address family; the last is the one in use.
    private sealed class SocketKeeper
    {
        private readonly List<Socket> _all = [];

        internal WatchedTcpClient? Current { get; private set; }

        internal WatchedTcpClient Open(AddressFamily family)
        {
            var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            lock (_all) _all.Add(socket);
            return Current = new WatchedTcpClient(socket);
        }

        internal void Drop()
        {
            lock (_all) _all.ForEach(socket => socket.Dispose());
        }
    }
}
