using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>Does to a RabbitMQ what an operator or a stranger may do.</summary>
internal sealed class RabbitMQConsole : IAsyncDisposable
{
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private RabbitMQConsole(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    internal static async Task<RabbitMQConsole> ConnectAsync(string url)
    {
        var factory = new ConnectionFactory { Uri = new Uri(url), AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync();
        return new RabbitMQConsole(connection, await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)));
    }

    internal Task DeleteQueueAsync(string queue) => _channel.QueueDeleteAsync(queue);

    internal Task DeleteExchangeAsync(string exchange) => _channel.ExchangeDeleteAsync(exchange);

    internal Task DeclareQueueAsync(string queue, IDictionary<string, object?> arguments) =>
        _channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);

    internal async Task PublishAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body) =>
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, body);

    /// <summary>Messages that are ready, and consumers.</summary>
    /// <returns><c>null</c> when there is no such queue.</returns>
    internal async Task<(uint Messages, uint Consumers)?> LookAsync(string queue)
    {
        await using var channel = await _connection.CreateChannelAsync(); // closed by the broker when the queue is missing
        try
        {
            var found = await channel.QueueDeclarePassiveAsync(queue);
            return (found.MessageCount, found.ConsumerCount);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
