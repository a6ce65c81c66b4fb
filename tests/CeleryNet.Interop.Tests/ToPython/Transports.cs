using CeleryNet.Interop.Tests.Peers;

namespace CeleryNet.Interop.Tests.ToPython;

public sealed class ToPythonOverRabbitMQWithRpcFixture() : ToPythonFixture(Transport.RabbitMQWithRpc);

public sealed class ToPythonOverRabbitMQWithRedisFixture() : ToPythonFixture(Transport.RabbitMQWithRedis);

public sealed class ToPythonOverRedisFixture() : ToPythonFixture(Transport.Redis);

/// <summary>.NET → Python over RabbitMQ, results through rpc.</summary>
public sealed class ToPythonOverRabbitMQWithRpcTests(ToPythonOverRabbitMQWithRpcFixture peers)
    : ToPythonTests(peers), IClassFixture<ToPythonOverRabbitMQWithRpcFixture>;

/// <summary>.NET → Python over RabbitMQ, results in Redis.</summary>
public sealed class ToPythonOverRabbitMQWithRedisTests(ToPythonOverRabbitMQWithRedisFixture peers)
    : ToPythonTests(peers), IClassFixture<ToPythonOverRabbitMQWithRedisFixture>;

/// <summary>.NET → Python over Redis.</summary>
public sealed class ToPythonOverRedisTests(ToPythonOverRedisFixture peers) : ToPythonTests(peers), IClassFixture<ToPythonOverRedisFixture>;

public sealed class ToPythonOverRedisWithSqliteTablesFixture() : ToPythonFixture(Transport.RedisWithSqliteTables);

public sealed class ToPythonOverRabbitMQWithPostgresTablesFixture() : ToPythonFixture(Transport.RabbitMQWithPostgresTables);

/// <summary>.NET → Python over Redis, results in Celery's tables of SQLite.</summary>
public sealed class ToPythonOverRedisWithSqliteTablesTests(ToPythonOverRedisWithSqliteTablesFixture peers)
    : ToPythonTests(peers), IClassFixture<ToPythonOverRedisWithSqliteTablesFixture>;

/// <summary>.NET → Python over RabbitMQ, results in Celery's tables of PostgreSQL.</summary>
public sealed class ToPythonOverRabbitMQWithPostgresTablesTests(ToPythonOverRabbitMQWithPostgresTablesFixture peers)
    : ToPythonTests(peers), IClassFixture<ToPythonOverRabbitMQWithPostgresTablesFixture>;
