using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Broadcasting;
using CeleryNet.RabbitMQ.Browsing;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Consuming;
using CeleryNet.RabbitMQ.Delaying;
using CeleryNet.RabbitMQ.Leading;
using CeleryNet.RabbitMQ.Publishing;
using CeleryNet.RabbitMQ.Scheduling;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ;

/// <summary>
/// RabbitMQ as Celery uses it. Publishing is confirmed and mandatory: a call returns when the broker has taken the message, and a message without a queue is an error.
/// Publishing and each consumer have connections of their own, which reconnect by themselves. A task that is due later waits in the broker (<see cref="RabbitMQOptions.DelayedDelivery"/>);
/// the first such publish may take longer than the publish timeout, while the queues for it are made.
/// </summary>
public sealed partial class RabbitMQBroker : IBroker, IQueueBrowser, IBroadcaster, IDeliveryDeadline, IFlagStore
{
    private readonly RabbitMQSettings _settings;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RabbitMQConnector _connector;
    private readonly Publisher _publisher;
    private readonly ConsumerDelays? _delays;
    private readonly SharedConnection _looks; // for all that is asked now and then, so that neither publishing nor consuming notices
    private readonly SharedConnection _notes; // of its own: what fails there fails nobody else
    private readonly ScheduleQueues _schedules;
    private readonly QueueBrowser _browser;
    private readonly FlagQueues _flags;
    private readonly Listeners _listeners;
    private readonly Leads _leads;

    internal RabbitMQBroker(RabbitMQSettings settings, WireOptions wire, TimeProvider time, ILoggerFactory loggers)
    {
        (_settings, _wire, _time) = (settings, wire, time);
        _logger = loggers.CreateLogger("CeleryNet.RabbitMQ");
        _connector = new RabbitMQConnector(settings, time, _logger);
        _publisher = new Publisher(settings, _connector, Random.Shared, time, _logger);
        _delays = settings.DelayThreshold is null ? null : new ConsumerDelays(_publisher, settings, time, _logger);
        _looks = new SharedConnection(_connector, "browse", takesTurns: false);
        _notes = new SharedConnection(_connector, "schedule", takesTurns: false);
        _schedules = new ScheduleQueues(_notes, settings.Address, time);
        _browser = new QueueBrowser(_looks, settings, wire);
        _leads = new Leads(settings, time, _logger);
        _flags = new FlagQueues(_looks, settings.Address);
        _listeners = new Listeners(_settings, _connector, wire, Random.Shared, time, _logger);
    }

    /// <inheritdoc/>
    public TimeSpan? LongestUnsettled => _settings.ConsumerTimeout;

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
        var publish = new SinglePublish(PropertiesOf(message, route), message.Body, route, message.Id ?? "") { Delay = DelayOf(message, route) };
        return _publisher.SendAsync(publish, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        if (messages.Count == 0) return default;

        var batch = new PublishBatch(messages.Count);
        var members = new PendingPublish[messages.Count];
        for (var i = 0; i < members.Length; i++) members[i] = Add(messages[i]);
        _publisher.Enqueue(members);
        return new ValueTask(batch.WaitAsync(members, cancellationToken));

        PendingPublish Add(OutgoingMessage sent) => batch.Add(PropertiesOf(sent.Message, sent.Route), sent, DelayOf(sent.Message, sent.Route));
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
        return await RabbitMQConsumer.StartAsync(settings, _settings, _connector, _delays, _wire, Random.Shared, _time, _logger, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => new(_publisher.AskAsync(static topology => topology.PingAsync(), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync().ConfigureAwait(false);
        await _leads.DisposeAsync().ConfigureAwait(false);
        await _looks.DisposeAsync().ConfigureAwait(false);
        await _notes.DisposeAsync().ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }

    internal ValueTask PublishAsync(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, string taskId, bool isMandatory, CancellationToken cancellationToken) =>
        _publisher.SendAsync(new SinglePublish(properties, body, route, taskId, isMandatory), cancellationToken);

    internal Task DeleteQueueAsync(string queue, CancellationToken cancellationToken) => _publisher.AskAsync(topology => topology.DeleteQueueAsync(queue), cancellationToken);

    // A crowd of due messages takes the broker its time (10 000 within 30 s were up to 10 s late on two busy cores). So they come ahead of their time, as short delays do anyway, and the
    // worker holds them for the rest; what is left for the broker is at least 2 s.
    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(24);
    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(2);

    // Null: it goes to its queue at once, because its time has come or nearly so, or nobody can say which queue it shall come out at.
    private Delay? DelayOf(TaskMessage message, Route route)
    {
        if (message.Eta is not { } due || _settings.DelayThreshold is not { } threshold) return null;
        if (message.Expires < due) due = message.Expires.Value; // a worker ends it then, and whoever waits learns of it
        if (due - _time.GetUtcNow() < threshold || DelayedDestination.Of(route) is not { } destination) return null;
        var lead = threshold - LeastRest < LongestLead ? threshold - LeastRest : LongestLead;
        return new Delay(destination, lead > TimeSpan.Zero ? due - lead : due);
    }

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
