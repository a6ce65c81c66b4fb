using CeleryNet.Contracts;

namespace CeleryNet.Interop.Tests.Peers;

/// <summary>A broker together with a result store. The addresses are asked for when a test runs, so that a missing server skips it.</summary>
public sealed class Transport
{
    private static readonly Lazy<string> SqliteFile = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("celerynet-interop-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return Path.Combine(folder, "results.db");
    });

    private readonly Func<string> _broker;
    private readonly Func<string> _results;

    private Transport(string name, Func<string> broker, Func<string> results)
    {
        Name = name;
        _broker = broker;
        _results = results;
    }

    /// <summary>RabbitMQ, results through the reply queue.</summary>
    public static Transport RabbitMQWithRpc { get; } = new("rabbitmq-rpc", () => TestServers.RabbitMQ, () => "rpc://");

    /// <summary>RabbitMQ, results in Redis.</summary>
    public static Transport RabbitMQWithRedis { get; } = new("rabbitmq-redis", () => TestServers.RabbitMQ, () => TestServers.Redis);

    /// <summary>Redis for both.</summary>
    public static Transport Redis { get; } = new("redis", () => TestServers.Redis, () => TestServers.Redis);

    /// <summary>Redis, results in the tables of Celery's database backend in a SQLite file.</summary>
    public static Transport RedisWithSqliteTables { get; } = new("redis-sqlite", () => TestServers.Redis, () => $"db+sqlite:///{SqliteFile.Value}");

    /// <summary>RabbitMQ, results in the tables of Celery's database backend in PostgreSQL.</summary>
    public static Transport RabbitMQWithPostgresTables { get; } = new("rabbitmq-postgres", () => TestServers.RabbitMQ, () => $"db+{TestServers.Postgres}");

    /// <summary>Name for queues and node names.</summary>
    public string Name { get; }

    /// <summary>Broker URL.</summary>
    public string Broker => _broker();

    /// <summary>Result store URL.</summary>
    public string Results => _results();

    /// <summary>True where the broker is RabbitMQ.</summary>
    public bool IsRabbitMQ => Name.StartsWith("rabbitmq", StringComparison.Ordinal);

    /// <summary>True where results are in the tables of Celery's database backend.</summary>
    public bool HasCeleryTables => Results.StartsWith("db+", StringComparison.Ordinal);

    /// <summary>False where Celery's own client sees only the newest state, when it looks: in its database backend.</summary>
    public bool TellsPythonEveryState => !HasCeleryTables;

    /// <summary>The same servers with another Redis database, for tests that look at all of it.</summary>
    public Transport InDatabase(int number) => new(Name, () => Changed(_broker(), number), () => Changed(_results(), number));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Changed(string url, int database) =>
        url.StartsWith("redis", StringComparison.Ordinal) ? $"{url[..url.LastIndexOf('/')]}/{database}" : url;
}
