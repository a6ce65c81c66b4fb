namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>The brokers that rows run on.</summary>
public enum BrokerKind
{
    /// <summary>RabbitMQ.</summary>
    RabbitMQ,

    /// <summary>Redis.</summary>
    Redis,
}
