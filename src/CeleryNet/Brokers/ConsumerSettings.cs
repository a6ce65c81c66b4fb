namespace CeleryNet.Brokers;

/// <summary>What a consumer takes, and how much at once.</summary>
public sealed record ConsumerSettings
{
    /// <summary>The queues; declared before they are consumed.</summary>
    public required IReadOnlyList<QueueDefinition> Queues { get; init; }

    /// <summary>How many unsettled deliveries the consumer may hold at first; see <see cref="IBrokerConsumer.SetPrefetchAsync"/>.</summary>
    public required int Prefetch { get; init; }

    /// <summary>
    /// False (default): the queues share the prefetch, and what fills it is the broker's choice. True: each queue may fill it alone, so that none is kept out by another, and the worker can choose.
    /// </summary>
    public bool HasPrefetchPerQueue { get; init; }

    /// <summary>True lets a broker that is an <see cref="IBodyKeeper"/> keep bodies over the limit of <see cref="Serialization.WireOptions.MaxBodyBytes"/>. Default false: every body is handed out.</summary>
    public bool MayKeepBodies { get; init; }

    /// <summary>Node name of the worker, such as <c>celery@host</c>; shown by the broker where it can.</summary>
    public required string NodeName { get; init; }
}
