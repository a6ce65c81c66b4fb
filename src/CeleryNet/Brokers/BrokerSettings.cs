namespace CeleryNet.Brokers;

/// <summary>What every broker is told by the host; a service of the task queue.</summary>
public sealed record BrokerSettings
{
    /// <summary>How long a publish may wait for the broker to take the message, short outages included. Default 5 seconds.</summary>
    public TimeSpan PublishTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt to connect may take. Default 4 seconds, as Celery's.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(4);
}
