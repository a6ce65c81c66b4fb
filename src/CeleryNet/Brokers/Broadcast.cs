namespace CeleryNet.Brokers;

/// <summary>A message to whoever listens.</summary>
public sealed record Broadcast
{
    /// <summary>Exchange, such as <c>celery.pidbox</c>.</summary>
    public required BroadcastExchange Exchange { get; init; }

    /// <summary>Routing key; empty for a fanout exchange.</summary>
    public string RoutingKey { get; init; } = "";

    /// <summary>Headers; values as <see cref="Messages.TaskMessage.CustomHeaders"/> says.</summary>
    public IReadOnlyDictionary<string, object?> Headers { get; init; } = NoHeaders;

    /// <summary>Property <c>content_type</c>.</summary>
    public string? ContentType { get; init; } = Messages.TaskMessage.JsonContentType;

    /// <summary>Property <c>content_encoding</c>.</summary>
    public string? ContentEncoding { get; init; } = Messages.TaskMessage.Utf8ContentEncoding;

    /// <summary>Property <c>delivery_mode</c> where the broker shows it to listeners: true is 2, false 1. No broadcast is kept either way.</summary>
    /// <value>Default true, as Celery sends remote control; its events are not.</value>
    public bool IsPersistent { get; init; } = true;

    /// <summary>The body as it travels.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    private static readonly Dictionary<string, object?> NoHeaders = [];
}

/// <summary>Where broadcasts go to. Peers must declare it alike.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type: <c>fanout</c>, <c>topic</c> or <c>direct</c>.</param>
/// <param name="IsDurable">True when it survives a restart of the broker.</param>
public sealed record BroadcastExchange(string Name, string Type, bool IsDurable);

/// <summary>The listener's own queue. It goes when its listener goes.</summary>
/// <param name="Name">Name of the queue, such as <c>celery@host.celery.pidbox</c>.</param>
/// <param name="Exchange">The exchange it is bound to.</param>
/// <param name="RoutingKey">Key of the binding; empty for a fanout exchange.</param>
public sealed record BroadcastQueue(string Name, BroadcastExchange Exchange, string RoutingKey = "")
{
    /// <summary>How long the broker keeps the queue without a listener: argument <c>x-expires</c>.</summary>
    public TimeSpan Expires { get; init; } = TimeSpan.FromSeconds(10); // Celery's control_queue_expires

    /// <summary>How long a message waits at most: argument <c>x-message-ttl</c>.</summary>
    public TimeSpan MessageTtl { get; init; } = TimeSpan.FromMinutes(5); // Celery's control_queue_ttl
}
