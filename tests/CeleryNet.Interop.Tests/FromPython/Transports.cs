using CeleryNet.Interop.Tests.Peers;

namespace CeleryNet.Interop.Tests.FromPython;

public sealed class FromPythonOverRabbitMQWithRpcFixture() : FromPythonFixture(Transport.RabbitMQWithRpc);

public sealed class FromPythonOverRabbitMQWithRedisFixture() : FromPythonFixture(Transport.RabbitMQWithRedis);

public sealed class FromPythonOverRedisFixture() : FromPythonFixture(Transport.Redis);

/// <summary>Python → .NET over RabbitMQ, results through rpc.</summary>
public sealed class FromPythonOverRabbitMQWithRpcTests(FromPythonOverRabbitMQWithRpcFixture peers)
    : FromPythonTests(peers), IClassFixture<FromPythonOverRabbitMQWithRpcFixture>;

/// <summary>Python → .NET over RabbitMQ, results in Redis.</summary>
public sealed class FromPythonOverRabbitMQWithRedisTests(FromPythonOverRabbitMQWithRedisFixture peers)
    : FromPythonWithSharedResultsTests(peers), IClassFixture<FromPythonOverRabbitMQWithRedisFixture>;

/// <summary>Python → .NET over Redis.</summary>
public sealed class FromPythonOverRedisTests(FromPythonOverRedisFixture peers)
    : FromPythonWithSharedResultsTests(peers), IClassFixture<FromPythonOverRedisFixture>;

public sealed class FromPythonOverRedisWithSqliteTablesFixture() : FromPythonFixture(Transport.RedisWithSqliteTables);

public sealed class FromPythonOverRabbitMQWithPostgresTablesFixture() : FromPythonFixture(Transport.RabbitMQWithPostgresTables);

/// <summary>Python → .NET over Redis, results in Celery's tables of SQLite.</summary>
public sealed class FromPythonOverRedisWithSqliteTablesTests(FromPythonOverRedisWithSqliteTablesFixture peers)
    : FromPythonWithSharedResultsTests(peers), IClassFixture<FromPythonOverRedisWithSqliteTablesFixture>;

/// <summary>Python → .NET over RabbitMQ, results in Celery's tables of PostgreSQL.</summary>
public sealed class FromPythonOverRabbitMQWithPostgresTablesTests(FromPythonOverRabbitMQWithPostgresTablesFixture peers)
    : FromPythonWithSharedResultsTests(peers), IClassFixture<FromPythonOverRabbitMQWithPostgresTablesFixture>;
