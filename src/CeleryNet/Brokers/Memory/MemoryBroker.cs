using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Brokers.Memory;

/// <summary>
/// The broker inside the process: the reference implementation of <see cref="IBroker"/>, for tests, samples and work that may die with its process. Queues, exchanges,
/// dead-lettering, expiration and (with <c>x-max-priority</c>) priorities behave as RabbitMQ's; without that argument a queue is first in, first out.
/// </summary>
internal sealed partial class MemoryBroker(TimeProvider time, ILogger? logger = null) : IBroker, IBroadcaster
{
    // Guards queues, exchanges and the holdings of every consumer. Each operation under it is a few steps long and waits for nothing, so one lock is enough.
    // Invariant: a queue that holds messages has no consumer with room for one.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MemoryQueue> _queues = [];
    private readonly Dictionary<string, MemoryExchange> _exchanges = [];
    private readonly List<MemoryConsumer> _consumers = [];
    private readonly MemoryBroadcasts _broadcasts = new(time, logger ?? NullLogger.Instance);
    private bool _isDisposed;

    /// <inheritdoc/>
    public string Address => "memory://";

    internal Lock Lock => _lock;

    internal TimeProvider Time => time;

    /// <inheritdoc/>
    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        return Publish(message, route) is { } problem ? ValueTask.FromException(Refused(problem, [message.Id ?? ""])) : ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        List<string>? refused = null;
        string? problem = null;
        foreach (var (message, route) in messages)
        {
            if (Publish(message, route) is not { } current) continue;
            problem ??= current;
            (refused ??= []).Add(message.Id ?? "");
        }

        return problem is null ? ValueTask.CompletedTask : ValueTask.FromException(Refused(problem, refused!)); // set together with the problem
    }

    /// <inheritdoc/>
    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Declare(queue) is { } problem ? ValueTask.FromException(Mismatch(problem)) : ValueTask.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Prefetch, 1);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            foreach (var definition in settings.Queues)
            {
                if (Declare(definition) is { } problem) return ValueTask.FromException<IBrokerConsumer>(Mismatch(problem));
            }

            var consumer = new MemoryConsumer(this, [.. settings.Queues.Select(queue => _queues[queue.Name])], settings.Prefetch, settings.HasPrefetchPerQueue);
            _consumers.Add(consumer);
            consumer.Fill();
            return ValueTask.FromResult<IBrokerConsumer>(consumer);
        }
    }

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken)
    {
        lock (_lock) ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        lock (_lock) ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ValueTask.FromResult<int?>(_broadcasts.Send(message));
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(receive);
        lock (_lock) ObjectDisposedException.ThrowIf(_isDisposed, this);
        return ValueTask.FromResult(_broadcasts.Listen(queue, receive));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        MemoryConsumer[] consumers;
        lock (_lock)
        {
            _isDisposed = true;
            consumers = [.. _consumers];
        }

        if (_wake is { } wake) await wake.DisposeAsync().ConfigureAwait(false);
        await _broadcasts.StopAsync().ConfigureAwait(false);
        foreach (var consumer in consumers) await consumer.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The queue, declared. Under the lock.</summary>
    /// <exception cref="TaskQueueConfigurationException">It exists with other arguments.</exception>
    internal MemoryQueue QueueOf(QueueDefinition definition) => Declare(definition) is { } problem ? throw Mismatch(problem) : _queues[definition.Name];

    internal void Remove(MemoryConsumer consumer) => _consumers.Remove(consumer);

    /// <summary>Sends a rejected or expired message where its queue says, else drops it. Under the lock.</summary>
    internal void Bury(MemoryDelivery dead)
    {
        var arguments = dead.Source.Definition.Arguments;
        if (arguments.GetValueOrDefault("x-dead-letter-exchange") is not string exchange) return;
        var key = arguments.GetValueOrDefault("x-dead-letter-routing-key") as string ?? dead.RoutingKey;
        dead.Message.Expiration = null; // or it would expire there once more, as in RabbitMQ
        foreach (var queue in Find(exchange, key)) Enqueue(queue, dead.Message.Copy(), exchange, key);
    }

    private string? Publish(TaskMessage message, in Route route)
    {
        var copy = message.Copy(); // before the lock: the caller's buffer is pooled
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (route.Queue is { } definition && Declare(definition) is { } mismatch) return mismatch;
            if (route.Exchange.Length == 0 && _queues.TryGetValue(route.RoutingKey, out var queue))
            {
                Enqueue(queue, copy, "", route.RoutingKey);
                return null;
            }

            var isFirst = true;
            foreach (var target in Find(route.Exchange, route.RoutingKey))
            {
                Enqueue(target, isFirst ? copy : copy.Copy(), route.Exchange, route.RoutingKey);
                isFirst = false;
            }

            return isFirst ? $"no queue is bound to exchange '{route.Exchange}' with key '{route.RoutingKey}'" : null;
        }
    }

    private List<MemoryQueue> Find(string exchange, string routingKey)
    {
        if (exchange.Length == 0) return _queues.TryGetValue(routingKey, out var queue) ? [queue] : [];
        return _exchanges.TryGetValue(exchange, out var known) ? known.Find(routingKey) : [];
    }

    private void Enqueue(MemoryQueue queue, TaskMessage message, string exchange, string routingKey)
    {
        var expires = message.Expiration is { } expiration ? time.GetUtcNow() + expiration : (DateTimeOffset?)null;
        queue.Add(new MemoryDelivery(queue, expires?.UtcTicks ?? MemoryDelivery.Never) { Message = message, Queue = queue.Definition.Name, Exchange = exchange, RoutingKey = routingKey, Generation = 1 });
    }

    private string? Declare(QueueDefinition definition)
    {
        if (_queues.TryGetValue(definition.Name, out var known))
        {
            if (ReferenceEquals(known.Definition, definition)) return null;
            if (!known.Definition.HasSameArguments(definition)) return $"queue '{definition.Name}' exists with other arguments";
        }

        if (!_exchanges.TryGetValue(definition.Exchange, out var exchange)) _exchanges[definition.Exchange] = exchange = new MemoryExchange(definition.ExchangeType);
        if (exchange.Type != definition.ExchangeType) return $"exchange '{definition.Exchange}' exists with type {exchange.Type} instead of {definition.ExchangeType}";
        if (known is null) _queues[definition.Name] = known = new MemoryQueue(this, definition);
        exchange.Bind(definition.RoutingKey, known);
        return null;
    }

    private static PublishException Refused(string problem, List<string> taskIds) =>
        new($"The in-memory broker did not take {taskIds.Count} task(s), the first of them {taskIds[0]}: {problem}. Declare the queue first, or name it in the route.", taskIds, mayHaveBeenTaken: false);

    private static TaskQueueConfigurationException Mismatch(string problem) =>
        new(ErrorCodes.DeclarationMismatch, $"The in-memory broker refused a declaration: {problem}. Declare it everywhere with the same arguments.");
}
