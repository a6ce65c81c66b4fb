using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>
/// The writing thread that the connections of one broker or result backend share. Version 1.2.6 of the client starts one per connection, and closing the connection
/// asynchronously does not end it; newer versions have none of their own.
/// </summary>
internal sealed class ClientThreads : IDisposable
{
#if STACKEXCHANGE_REDIS_1
    private readonly SocketManager _manager = new("celerynet");

    internal void ShareWith(ConfigurationOptions configuration) => configuration.SocketManager = _manager;

    /// <inheritdoc/>
    public void Dispose() => _manager.Dispose();
#else
    internal void ShareWith(ConfigurationOptions configuration) => _ = configuration;

    /// <inheritdoc/>
    public void Dispose() { }
#endif
}
