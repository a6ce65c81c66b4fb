namespace CeleryNet;

/// <summary>A queue at one moment. While tasks move, its numbers are not exactly of the same moment.</summary>
public sealed record QueueStatus
{
    /// <summary>Name of the queue.</summary>
    public required string Name { get; init; }

    /// <summary>Tasks that are ready to be delivered.</summary>
    public required long Ready { get; init; }

    /// <summary>Tasks that workers have and have not settled: running, fetched, or held until they are due. <c>null</c> on RabbitMQ, which does not tell it over AMQP.</summary>
    public required long? Held { get; init; }

    /// <summary>Tasks that the broker keeps until they are due. <c>null</c> on RabbitMQ, where those of all queues wait together.</summary>
    public required long? Delayed { get; init; }

    /// <summary>Tasks that workers gave up; see <see cref="IDeadLetters"/>.</summary>
    public required long Dead { get; init; }

    /// <summary>True while the queue is paused for all workers.</summary>
    public required bool IsPaused { get; init; }
}
