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
