namespace CeleryNet;

/// <summary>Options of one call: Celery's <c>apply_async</c>. An unset option is <c>null</c> and leaves the decision to configuration, routes and attribute.</summary>
public sealed class CallOptions
{
    internal static readonly CallOptions None = new();

    /// <summary>Id of the task. Default: a new uuid4. A task sent twice under one id is one task to whoever looks at its result.</summary>
    public string? TaskId { get; set; }

    /// <summary>Queue it is sent to.</summary>
    public string? Queue { get; set; }

    /// <summary>Exchange it is published to; only together with <see cref="RoutingKey"/>. Nothing is declared then.</summary>
    public string? Exchange { get; set; }

    /// <summary>Routing key it is published with; without <see cref="Exchange"/> that of the queue's exchange.</summary>
    public string? RoutingKey { get; set; }

    /// <summary>Runs at the earliest after this time. Not together with <see cref="Eta"/>. Zero means at once.</summary>
    public TimeSpan? Countdown { get; set; }

    /// <summary>Runs at the earliest at this moment.</summary>
    public DateTimeOffset? Eta { get; set; }

    /// <summary>Discarded when it has not started within this time. Not together with <see cref="ExpiresAt"/>.</summary>
    public TimeSpan? Expires { get; set; }

    /// <summary>Discarded when it has not started by this moment.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>
    /// True: the broker may drop the message when it expires (AMQP's <c>expiration</c>, which Celery always sets). It then takes no room any more, but nobody is told: a waiter waits for ever.
    /// Default false: the worker that gets it ends it as REVOKED.
    /// </summary>
    public bool ExpireAtBroker { get; set; }

    /// <summary>Priority, 0 to 255. The number is the wire's: on RabbitMQ higher is sooner, on Redis lower is.</summary>
    public int? Priority { get; set; }

    /// <summary>Name shown in logs and events instead of the task's own.</summary>
    public string? Shadow { get; set; }

    /// <summary>Headers to add, readable by the task; values are null, bool, numbers, text, lists and dictionaries of those. Names of Celery's own are refused.</summary>
    public IDictionary<string, object?> Headers { get; private set; } = new Dictionary<string, object?>();

    /// <summary>Hard time limit.</summary>
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>Soft time limit.</summary>
    public TimeSpan? SoftTimeLimit { get; set; }

    /// <summary>True: no final state is stored.</summary>
    public bool? IgnoreResult { get; set; }

    /// <summary>Compression of the body: <c>zlib</c>, <c>gzip</c> (the same as zlib in Celery) or <c>brotli</c>. Default: the client's.</summary>
    public string? Compression { get; set; }

    internal CallOptions Copy()
    {
        var copy = (CallOptions)MemberwiseClone();
        copy.Headers = new Dictionary<string, object?>(Headers);
        return copy;
    }
}
