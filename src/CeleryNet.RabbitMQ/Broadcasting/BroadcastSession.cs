using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Log = CeleryNet.RabbitMQ.Diagnostics.Log;

namespace CeleryNet.RabbitMQ.Broadcasting;

/// <summary>A listener's queue on one connection, until either is gone. What arrives waits in order until it is read; how much waits is bounded by the prefetch.</summary>
internal sealed class BroadcastSession : IAsyncBasicConsumer, IAsyncDisposable
{
    private const ushort Prefetch = 200; // events come in bursts of up to 24; what does not fit waits in the queue, where it expires

    private readonly BroadcastQueue _queue;
    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly WireOptions _wire;
    private readonly ILogger _logger;
    private readonly Channel<(ulong Tag, Broadcast? Message)> _arrived = System.Threading.Channels.Channel.CreateUnbounded<(ulong Tag, Broadcast? Message)>();
    private string? _reason;

    private BroadcastSession(BroadcastQueue queue, RabbitMQConnection connection, IChannel channel, WireOptions wire, ILogger logger)
    {
        (_queue, _connection, _channel, _wire, _logger) = (queue, connection, channel, wire, logger);
        channel.ChannelShutdownAsync += (_, reason) => EndAsync(CloseReasons.Describe(reason));
        _ = connection.Closed.ContinueWith(
            static (closed, self) => ((BroadcastSession)self!).EndAsync(closed.Result), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What arrived; <c>null</c> where it could not be read. Ends with the session.</summary>
    internal ChannelReader<(ulong Tag, Broadcast? Message)> Arrived => _arrived.Reader;

    /// <summary>Why it ended.</summary>
    internal string Reason => Volatile.Read(ref _reason) ?? "it ended";

    IChannel? IAsyncBasicConsumer.Channel => null;

    /// <summary>Declares exchange and queue and begins to consume.</summary>
    /// <exception cref="TaskQueueConfigurationException">The exchange exists with other properties.</exception>
    internal static async Task<BroadcastSession> OpenAsync(BroadcastQueue queue, RabbitMQConnection connection, WireOptions wire, ILogger logger)
    {
        try
        {
            return await TryOpenAsync(queue, connection, wire, logger).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.ResourceLocked)
        {
            var other = queue with { Name = $"{queue.Name}.{Guid.NewGuid():N}" };
            Log.QueueNameTaken(logger, queue.Name, other.Name);
            return await TryOpenAsync(other, connection, wire, logger).ConfigureAwait(false);
        }
    }

    /// <summary>The broadcast was received, or left out.</summary>
    internal async ValueTask DoneAsync(ulong tag)
    {
        try
        {
            var sending = _channel.BasicAckAsync(tag, multiple: true);
            if (sending.IsCompleted) await sending.ConfigureAwait(false);
            else await _connection.AskAsync(sending.AsTask()).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await EndAsync(CloseReasons.Describe(error)).ConfigureAwait(false);
        }
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        Broadcast? message = null;
        try
        {
            message = BroadcastReader.Read(_queue.Exchange, routingKey, properties, body, _wire);
        }
        catch (FormatException error)
        {
            Log.BadBroadcast(_logger, _queue.Exchange.Name, body.Length, error.Message);
        }

        _arrived.Writer.TryWrite((deliveryTag, message));
        return Task.CompletedTask;
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) => EndAsync("the broker cancelled it, probably because its queue was deleted");

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => EndAsync(CloseReasons.Describe(reason));

    public async ValueTask DisposeAsync()
    {
        await EndAsync("disposed").ConfigureAwait(false);
        await CloseAsync(_connection, _channel, _logger).ConfigureAwait(false);
    }

    private static async Task<BroadcastSession> TryOpenAsync(BroadcastQueue queue, RabbitMQConnection connection, WireOptions wire, ILogger logger)
    {
        var channel = await connection.OpenChannelAsync().ConfigureAwait(false);
        var session = new BroadcastSession(queue, connection, channel, wire, logger);
        try
        {
            await connection.AskAsync(session.StartAsync()).ConfigureAwait(false);
            Log.Listening(logger, queue.Exchange.Name, queue.Name, connection.Endpoint);
            return session;
        }
        catch (OperationInterruptedException error) when (Topology.DeclarationErrors.Read(error, queue.Exchange, connection.Endpoint) is { } mismatch)
        {
            throw mismatch;
        }
        catch
        {
            await CloseAsync(connection, channel, logger).ConfigureAwait(false);
            throw;
        }
    }

    private async Task StartAsync()
    {
        var exchange = _queue.Exchange;
        await _channel.ExchangeDeclareAsync(exchange.Name, exchange.Type, exchange.IsDurable, autoDelete: false).ConfigureAwait(false);
        var arguments = new Dictionary<string, object?> { ["x-expires"] = Milliseconds(_queue.Expires), ["x-message-ttl"] = Milliseconds(_queue.MessageTtl) };
        await _channel.QueueDeclareAsync(_queue.Name, durable: false, exclusive: true, autoDelete: true, arguments).ConfigureAwait(false);
        await _channel.QueueBindAsync(_queue.Name, exchange.Name, _queue.RoutingKey).ConfigureAwait(false);
        await _channel.BasicQosAsync(prefetchSize: 0, Prefetch, global: false).ConfigureAwait(false);
        await _channel.BasicConsumeAsync(_queue.Name, autoAck: false, consumerTag: "", this).ConfigureAwait(false);
    }

    private static async Task CloseAsync(RabbitMQConnection connection, IChannel channel, ILogger logger)
    {
        if (!channel.IsOpen || !connection.IsOpen) return;
        try
        {
            await connection.AskAsync(channel.CloseAsync()).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.CloseFailed(logger, connection.Endpoint, Printable.Limit(error.Message));
        }
    }

    private static int Milliseconds(TimeSpan span) => (int)Math.Min(span.TotalMilliseconds, int.MaxValue);

    private Task EndAsync(string reason)
    {
        Interlocked.CompareExchange(ref _reason, reason, null);
        _arrived.Writer.TryComplete();
        return Task.CompletedTask;
    }
}
