using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Consuming;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ;

/// <summary>
/// RabbitMQ as Celery uses it. Publishing is confirmed and mandatory: a call returns when the broker has taken the message, and a message without a queue is an error.
/// Publishing and each consumer have connections of their own, which reconnect by themselves.
/// </summary>
public sealed class RabbitMQBroker : IBroker
{
    private readonly RabbitMQSettings _settings;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RabbitMQConnector _connector;
    private readonly Publisher _publisher;

    internal RabbitMQBroker(RabbitMQSettings settings, WireOptions wire, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _wire, _time) = (settings, wire, time);
        _logger = loggers.CreateLogger("CeleryNet.RabbitMQ");
        _connector = new RabbitMQConnector(settings, time, _logger);
        _publisher = new Publisher(settings, _connector, Random.Shared, time, _logger);
    }

    /// <inheritdoc/>
    public string Address => _settings.Address;

    internal WireOptions Wire => _wire;

    internal TimeProvider Time => _time;

    internal ILogger Logger => _logger;

    /// <inheritdoc/>
    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        return PublishAsync(PropertiesOf(message, route), message.Body, route, message.Id ?? "", isMandatory: true, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        if (messages.Count == 0) return default;

        var batch = new PublishBatch(messages.Count);
        var members = new PendingPublish[messages.Count];
        for (var i = 0; i < members.Length; i++) members[i] = batch.Add(PropertiesOf(messages[i].Message, messages[i].Route), messages[i]);
        _publisher.Enqueue(members);
        return new ValueTask(batch.WaitAsync(members, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return new ValueTask(_publisher.AskAsync(topology => topology.DeclareAsync(queue), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return await RabbitMQConsumer.StartAsync(settings, _settings, _connector, _wire, Random.Shared, _time, _logger, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => new(_publisher.AskAsync(static topology => topology.PingAsync(), cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _publisher.DisposeAsync();

    internal ValueTask PublishAsync(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, string taskId, bool isMandatory, CancellationToken cancellationToken)
    {
        var publish = new SinglePublish(properties, body, route, taskId, isMandatory);
        var task = publish.Task;
        publish.CancelBy(cancellationToken);
        _publisher.Enqueue(publish);
        return task;
    }

    internal Task DeleteQueueAsync(string queue, CancellationToken cancellationToken) => _publisher.AskAsync(topology => topology.DeleteQueueAsync(queue), cancellationToken);

    private MessageProperties PropertiesOf(TaskMessage message, Route route)
    {
        try
        {
            AmqpTable.ShortLength(route.Exchange);
            AmqpTable.ShortLength(route.RoutingKey);
            return MessageProperties.Of(message);
        }
        catch (ArgumentException error)
        {
            throw new PublishException(
                $"Task '{Printable.Limit(message.Id)}' was not sent to RabbitMQ at {Address}: {error.Message}. Correct the message or its route.", [message.Id ?? ""], mayHaveBeenTaken: false, error);
        }
    }
}
