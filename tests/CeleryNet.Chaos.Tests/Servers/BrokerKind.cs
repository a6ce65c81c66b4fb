namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>The brokers that rows run on.</summary>
public enum BrokerKind
{
    /// <summary>RabbitMQ.</summary>
    RabbitMQ,

    /// <summary>Redis.</summary>
    Redis,

    /// <summary>A SQLite file, which has no server.</summary>
    Sqlite,

    /// <summary>PostgreSQL.</summary>
    Postgres,
}
