using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>The test server as the client library shows it, to arrange and to look behind what is tested.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly IConnection _connection;

    private RawServer(IConnection connection, IChannel channel) => (_connection, Channel) = (connection, channel);

    internal IChannel Channel { get; }

    internal static async Task<RawServer> ConnectAsync()
    {
        var endpoint = RabbitMQSettings.From(ConnectionString.ParseAll(TestServers.RabbitMQ), new RabbitMQOptions(), new BrokerSettings()).Endpoints[0];
        var factory = new ConnectionFactory
        {
            HostName = endpoint.Host,
            Port = endpoint.Port,
            UserName = endpoint.User,
            Password = endpoint.Password,
            VirtualHost = endpoint.VirtualHost,
        };
        var connection = await factory.CreateConnectionAsync();
        return new RawServer(connection, await connection.CreateChannelAsync());
    }

    internal static async Task DeleteAsync(IEnumerable<string> queues)
    {
        await using var server = await ConnectAsync();
        foreach (var queue in queues)
        {
            await server.Channel.QueueDeleteAsync(queue);
            await server.Channel.ExchangeDeleteAsync(queue);
        }
    }

    internal async Task<uint> CountAsync(string queue) => await Channel.MessageCountAsync(queue);

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();
}
