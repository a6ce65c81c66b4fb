using System.Collections.Concurrent;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Scheduling;

/// <summary>
/// A queue that is held: nobody else reads or changes it until its channel ends, by our hand, by our death or by the server's. All messages come here and are looked at; those that were not
/// acknowledged are back in their places, in the same step in which the queue becomes free.
/// </summary>
internal sealed class ScheduleHold : IAsyncBasicConsumer, IAsyncDisposable
{
    internal const string Mark = "mark";

    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly RabbitMQConnection _connection;
    private readonly IChannel _channel;
    private readonly string _queue;
    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly ConcurrentQueue<HeldMessage> _messages = new();
    private readonly TaskCompletionSource<ulong> _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isReplaced;

    private ScheduleHold(RabbitMQConnection connection, IChannel channel, string queue) => (_connection, _channel, _queue) = (connection, channel, queue);

    IChannel? IAsyncBasicConsumer.Channel => null;

    /// <summary>A channel whose publishes return when the server has the message on disk.</summary>
    internal static Task<IChannel> OpenChannelAsync(RabbitMQConnection connection) => connection.OpenChannelAsync(Confirmed);

    /// <summary>Declares the queue. A classic one: it puts messages back in their places however often, while a quorum queue counts that and drops them in the end.</summary>
    internal static async Task<uint> DeclareAsync(RabbitMQConnection connection, IChannel channel, string queue)
    {
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "classic" };
        return (await connection.AskAsync(channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments)).ConfigureAwait(false)).MessageCount;
    }

    /// <summary>Holds the queue; <c>null</c> while another does.</summary>
    internal static async Task<ScheduleHold?> TryOpenAsync(RabbitMQConnection connection, string queue)
    {
        var channel = await OpenChannelAsync(connection).ConfigureAwait(false);
        await DeclareAsync(connection, channel, queue).ConfigureAwait(false);
        var hold = new ScheduleHold(connection, channel, queue);
        try
        {
            await connection.AskAsync(channel.BasicConsumeAsync(queue, autoAck: false, consumerTag: "", noLocal: false, exclusive: true, arguments: null, hold)).ConfigureAwait(false);
            return hold;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason is { ReplyCode: CloseReasons.AccessRefused } reason && reason.ReplyText.Contains("exclusive", StringComparison.Ordinal))
        {
            return null; // the channel is gone with it
        }
    }

    /// <summary>All messages that were in the queue when it became held, in their order.</summary>
    internal async Task<IReadOnlyList<HeldMessage>> ReadAsync()
    {
        // What is ours comes after all that was there: only so is it known that nothing else is to come.
        await PublishAsync(_connection, _channel, _queue, Mark, _mark, ReadOnlyMemory<byte>.Empty, DeliveryModes.Transient).ConfigureAwait(false);
        await _connection.AskAsync(_marked.Task).ConfigureAwait(false);
        return [.. _messages];
    }

    /// <summary>Puts a message in the place of all that <see cref="ReadAsync"/> gave: first it is there, then they go. Whoever dies between leaves both.</summary>
    internal async Task ReplaceAsync(string kind, string id, ReadOnlyMemory<byte> body)
    {
        var last = await _marked.Task.ConfigureAwait(false);
        await PublishAsync(_connection, _channel, _queue, kind, id, body, DeliveryModes.Persistent).ConfigureAwait(false);
        await _connection.AskAsync(_channel.BasicAckAsync(last, multiple: true).AsTask()).ConfigureAwait(false);
        _isReplaced = true;
    }

    /// <summary>Returns when the server has the message.</summary>
    internal static Task PublishAsync(RabbitMQConnection connection, IChannel channel, string queue, string kind, string id, ReadOnlyMemory<byte> body, DeliveryModes mode)
    {
        var properties = new BasicProperties { Type = kind, MessageId = id, DeliveryMode = mode, ContentType = "application/json" };
        return connection.AskAsync(channel.BasicPublishAsync("", queue, mandatory: true, properties, body, CancellationToken.None).AsTask()); // never with a token: cancelling leaves the client's channel in disorder
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        if (_marked.Task.IsCompleted) return Task.CompletedTask; // written meanwhile, and left alone
        if (properties is { Type: Mark } && properties.MessageId == _mark) _marked.TrySetResult(deliveryTag);
        else _messages.Enqueue(new HeldMessage(properties.Type ?? "", properties.MessageId ?? "", body.ToArray())); // the bytes are the client's again after this
        return Task.CompletedTask;
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) => EndAsync("the queue was deleted");

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => EndAsync(CloseReasons.Describe(reason));

    /// <summary>Lets the queue go: the server's answer comes after all is back in its place.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_channel.IsOpen) return;
        try
        {
            if (_marked.Task.IsCompletedSuccessfully && !_isReplaced) await _connection.AskAsync(_channel.BasicAckAsync(await _marked.Task.ConfigureAwait(false), multiple: false).AsTask()).ConfigureAwait(false);
            await _connection.AskAsync(_channel.CloseAsync()).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _connection.Drop(CloseReasons.Describe(error)); // which lets it go as well
        }
    }

    private Task EndAsync(string reason)
    {
        _marked.TrySetException(new IOException(reason));
        RabbitMQConnection.Observe(_marked.Task);
        return Task.CompletedTask;
    }
}
