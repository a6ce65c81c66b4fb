namespace CeleryNet.RabbitMQ.Connections;

/// <summary>A connection for whoever asks: opened when first needed and anew when it broke. Each user has a channel of its own on it.</summary>
/// <param name="connector">Opens it.</param>
/// <param name="purpose">Shown in the broker's management pages.</param>
/// <param name="takesTurns">True where loops ask again and again, and take their turns while the server is away; false where a caller wants to know at once.</param>
internal sealed class SharedConnection(RabbitMQConnector connector, string purpose, bool takesTurns) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1); // never disposed, a late caller may wait for it
    private RabbitMQConnection? _connection;
    private bool _isDisposed;

    /// <summary>The connection, open when this returns.</summary>
    /// <exception cref="BrokerUnavailableException">No address answered.</exception>
    internal async Task<RabbitMQConnection> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(RabbitMQBroker));
            if (_connection is { IsOpen: true } open) return open;
            if (_connection is { } broken) await broken.DisposeAsync().ConfigureAwait(false);
            _connection = null;
            return _connection = await (takesTurns ? connector.ReconnectAsync(purpose, cancellationToken) : connector.ConnectAsync(purpose, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed = true;
            if (_connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
            _connection = null;
        }
        finally
        {
            _turn.Release();
        }
    }
}
