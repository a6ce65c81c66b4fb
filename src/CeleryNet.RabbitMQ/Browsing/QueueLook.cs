using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Consuming;
using CeleryNet.RabbitMQ.Delaying;
using CeleryNet.Serialization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Browsing;

/// <summary>One look into one queue. Disposing puts back, in their order, all messages that were not settled.</summary>
internal sealed class QueueLook : IAsyncDisposable
{
    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly string _queue;
    private readonly string _address;
    private readonly WireOptions _wire;
    private int _unsettled;

    private QueueLook(RabbitMQConnection connection, IChannel channel, string queue, string address, WireOptions wire) =>
        (_connection, _channel, _queue, _address, _wire) = (connection, channel, queue, address, wire);

    internal static async Task<QueueLook> OpenAsync(RabbitMQConnection connection, string queue, string address, WireOptions wire)
    {
        try
        {
            return new QueueLook(connection, await connection.OpenChannelAsync().ConfigureAwait(false), queue, address, wire);
        }
        catch (Exception error)
        {
            throw Failure(queue, address, error);
        }
    }

    internal async Task<long> CountAsync() => (await AskAsync(_channel.QueueDeclarePassiveAsync(_queue)).ConfigureAwait(false)).MessageCount;

    internal async Task<long> PurgeAsync() => await AskAsync(_channel.QueuePurgeAsync(_queue)).ConfigureAwait(false);

    /// <summary>The next message; <c>null</c> when none is ready.</summary>
    internal async Task<BasicGetResult?> GetAsync()
    {
        var got = await AskAsync(_channel.BasicGetAsync(_queue, autoAck: false)).ConfigureAwait(false);
        if (got is not null) _unsettled++;
        return got;
    }

    /// <summary>Takes the next message for good.</summary>
    /// <returns>False when none is ready.</returns>
    internal async Task<bool> RemoveAsync() => await AskAsync(_channel.BasicGetAsync(_queue, autoAck: true)).ConfigureAwait(false) is not null;

    internal Delivery Read(BasicGetResult got)
    {
        var isDelayed = DelayedLayout.IsPartOf(got.Exchange);
        return new Delivery
        {
            Message = DeliveredMessage.Read(got.BasicProperties, got.Body, _wire),
            Queue = _queue,
            Exchange = isDelayed ? "" : got.Exchange,
            RoutingKey = isDelayed ? _queue : got.RoutingKey,
            IsRedelivered = got.Redelivered,
        };
    }

    internal async Task SettleAsync(BasicGetResult got, Settlement settlement)
    {
        _unsettled--;
        if (settlement == Settlement.Acknowledge) await AskAsync(_channel.BasicAckAsync(got.DeliveryTag, multiple: false).AsTask()).ConfigureAwait(false);
        else await AskAsync(_channel.BasicRejectAsync(got.DeliveryTag, requeue: false).AsTask()).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_channel.IsOpen) return;
        try
        {
            if (_unsettled > 0) await _connection.AskAsync(_channel.BasicNackAsync(deliveryTag: 0, multiple: true, requeue: true).AsTask()).ConfigureAwait(false);
            if (_unsettled > 0) await CountAsync().ConfigureAwait(false); // its answer comes after the messages are back
            await _connection.AskAsync(_channel.CloseAsync()).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _connection.Drop(CloseReasons.Describe(error)); // which puts everything back as well
        }
    }

    private async Task<T> AskAsync<T>(Task<T> request)
    {
        await AskAsync((Task)request).ConfigureAwait(false);
        return await request.ConfigureAwait(false);
    }

    private async Task AskAsync(Task request)
    {
        try
        {
            await _connection.AskAsync(request).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.NotFound)
        {
            throw new QueueMissingException(error);
        }
        catch (Exception error)
        {
            throw Failure(_queue, _address, error);
        }
    }

    private static BrokerUnavailableException Failure(string queue, string address, Exception error) => new(
        ErrorCodes.BrokerUnavailable, $"Queue '{Printable.Limit(queue)}' on RabbitMQ at {address} cannot be looked into: {CloseReasons.Describe(error)}", error);
}
