namespace CeleryNet.Brokers;

/// <summary>A queue as Celery declares it: durable, bound to a direct exchange of the same name with the same routing key, unless said otherwise.</summary>
/// <remarks>Either side may start first, so every peer must declare a queue with the same arguments; RabbitMQ closes the channel (406) when they differ.</remarks>
public sealed record QueueDefinition
{
    /// <summary>What the name of a queue's dead letters ends with.</summary>
    public const string DeadLetterSuffix = ".dead";

    /// <summary>Argument that bounds a queue: the oldest message is dropped for one too many. Also honoured by brokers that know no arguments.</summary>
    public const string MaxLength = "x-max-length";

    /// <summary>Argument that names where rejected messages go.</summary>
    public const string DeadLetterExchange = "x-dead-letter-exchange";

    /// <summary>Creates the declaration of queue <paramref name="name"/>.</summary>
    /// <param name="name">Name of the queue; also of its exchange and routing key unless those are set.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public QueueDefinition(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Exchange = name;
        RoutingKey = name;
    }

    /// <summary>Name of the queue.</summary>
    public string Name { get; init; }

    /// <summary>Exchange the queue is bound to. Default: the queue's name.</summary>
    public string Exchange { get; init; }

    /// <summary>Type of the exchange: <c>direct</c> (default), <c>topic</c> or <c>fanout</c>.</summary>
    public string ExchangeType { get; init; } = "direct";

    /// <summary>Key of the binding. Default: the queue's name.</summary>
    public string RoutingKey { get; init; }

    /// <summary>True (default): the queue survives a restart of the broker.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>Arguments of the declaration, such as <c>x-max-priority</c> or <c>x-queue-type</c>. Ignored by brokers that know none.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = EmptyArguments;

    private static readonly Dictionary<string, object?> EmptyArguments = [];

    /// <summary>A copy with argument <c>x-max-priority</c>: RabbitMQ then delivers higher numbers first.</summary>
    /// <param name="maximum">Highest priority the queue tells apart, 1 to 255; RabbitMQ advises at most 10.</param>
    public QueueDefinition WithMaxPriority(byte maximum) => WithArgument("x-max-priority", (int)maximum);

    /// <summary>A copy with argument <c>x-queue-type</c> = <c>quorum</c>.</summary>
    public QueueDefinition AsQuorum() => WithArgument("x-queue-type", "quorum");

    /// <summary>A copy whose rejected messages go to <paramref name="exchange"/>.</summary>
    /// <param name="exchange">Dead-letter exchange; empty for the default exchange.</param>
    /// <param name="routingKey">Key used there; <c>null</c> keeps the message's own.</param>
    public QueueDefinition WithDeadLetter(string exchange, string? routingKey = null)
    {
        var copy = WithArgument(DeadLetterExchange, exchange);
        return routingKey is null ? copy : copy.WithArgument("x-dead-letter-routing-key", routingKey);
    }

    /// <summary>A copy that holds at most so many messages; the oldest are dropped.</summary>
    /// <param name="maximum">At least 1.</param>
    public QueueDefinition WithMaxLength(int maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        return WithArgument(MaxLength, maximum);
    }

    /// <summary>Where workers keep the tasks of this queue that they gave up: <c>&lt;name&gt;.dead</c>.</summary>
    /// <param name="limit">How many it holds; the oldest are dropped. All workers of the queue must agree.</param>
    public QueueDefinition DeadLetters(int limit) => new QueueDefinition($"{Name}{DeadLetterSuffix}").WithMaxLength(limit);

    /// <summary>A copy with one more argument.</summary>
    /// <param name="name">Name of the argument.</param>
    /// <param name="value">Its value: string, int, long or bool.</param>
    public QueueDefinition WithArgument(string name, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return this with { Arguments = new Dictionary<string, object?>(Arguments) { [name] = value } };
    }

    /// <summary>Equal name, exchange, key and arguments.</summary>
    public bool Equals(QueueDefinition? other) =>
        other is not null && Name == other.Name && Exchange == other.Exchange && ExchangeType == other.ExchangeType && RoutingKey == other.RoutingKey
        && HasSameArguments(other);

    /// <summary>True when a broker takes both for declarations of one queue: equal durability and arguments. Bindings may differ.</summary>
    internal bool HasSameArguments(QueueDefinition other) =>
        IsDurable == other.IsDurable && Arguments.Count == other.Arguments.Count
        && Arguments.All(argument => other.Arguments.TryGetValue(argument.Key, out var value) && Equals(argument.Value, value));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Exchange, RoutingKey);
}
