using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.RabbitMQ.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Leading;

/// <summary>
/// One connection that leads, or waits to. All who compete consume from one queue with a single active consumer, and the server gives its messages to the one that has waited longest: whoever
/// receives a message leads, and until its connection ends nobody else does. What is published on this connection is therefore the leader's. (An exclusive queue would do too, but each look of those
/// who wait would be an error in the server's log.)
/// </summary>
internal sealed class LeadSession : IAsyncBasicConsumer, IAsyncDisposable
{
    private const string Prefix = "celerynet.lead.";
    private const int MostKnocks = 10;

    private static readonly TimeSpan KnockKept = TimeSpan.FromSeconds(5);

    private readonly string _queue;
    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly TaskCompletionSource _activated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    private LeadSession(string queue, RabbitMQConnection connection, IChannel channel, LeadPublisher publisher)
    {
        (_queue, _connection, _channel, Publisher) = (queue, connection, channel, publisher);
        channel.ChannelShutdownAsync += (_, _) => EndAsync();
    }

    /// <summary>Publishes on this connection.</summary>
    internal LeadPublisher Publisher { get; }

    /// <summary>False when the connection is gone, and with it the lead.</summary>
    internal bool IsOpen => !_isOver && _connection.IsOpen && _channel.IsOpen;

    /// <summary>True once the server made this one the active consumer.</summary>
    internal bool IsActive => _activated.Task.IsCompleted;

    IChannel? IAsyncBasicConsumer.Channel => null;

    internal static async Task<LeadSession> OpenAsync(string name, RabbitMQConnection connection, TimeProvider time)
    {
        try
        {
            var channel = await connection.OpenChannelAsync().ConfigureAwait(false);
            var publisher = await LeadPublisher.OpenAsync(connection, new TopologyDeclarer(connection, time)).ConfigureAwait(false);
            var session = new LeadSession(Prefix + name, connection, channel, publisher);
            await connection.AskAsync(session.ConsumeAsync()).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a message to whoever leads, and waits a little whether it is this one.</summary>
    internal async Task<bool> KnockAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (IsActive) return true;
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Transient };
        await _connection.AskAsync(_channel.BasicPublishAsync("", _queue, mandatory: false, properties, ReadOnlyMemory<byte>.Empty, CancellationToken.None).AsTask()).ConfigureAwait(false);
        try
        {
            await _activated.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false; // another leads; or the answer is slow, and the next knock finds it
        }
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        _activated.TrySetResult();
        return Task.CompletedTask;
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => EndAsync();

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) => EndAsync(); // somebody deleted the queue

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => EndAsync();

    /// <summary>Ends the lead, or the waiting for it: by the end of the connection, so that nothing that was written after it is taken.</summary>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        await _connection.CloseAsync(_channel, TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ConsumeAsync()
    {
        var arguments = new Dictionary<string, object?>
        {
            ["x-single-active-consumer"] = true,
            ["x-message-ttl"] = (int)KnockKept.TotalMilliseconds,
            ["x-max-length"] = MostKnocks,
        };
        try
        {
            await _channel.QueueDeclareAsync(_queue, durable: true, exclusive: false, autoDelete: true, arguments).ConfigureAwait(false);
            await _channel.BasicConsumeAsync(_queue, autoAck: true, this).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.AccessRefused)
        {
            throw new TaskQueueException(
                ErrorCodes.InvalidConfiguration,
                $"Queue '{Printable.Limit(_queue)}' on RabbitMQ at {_connection.Endpoint} cannot be used to lead: the user may not ({Printable.Limit(error.ShutdownReason.ReplyText)}). "
                    + $"Grant it the permissions to configure, write and read queues named {Prefix}*.",
                error);
        }
    }

    // Another may lead from now on, so nothing more goes out on this connection.
    private Task EndAsync()
    {
        if (!_isOver) _connection.Drop("the lead ended");
        _isOver = true;
        return Task.CompletedTask;
    }
}
