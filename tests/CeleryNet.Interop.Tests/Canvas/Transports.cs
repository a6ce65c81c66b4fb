using CeleryNet.Interop.Tests.Peers;

namespace CeleryNet.Interop.Tests.Canvases;

public sealed class CanvasOverRabbitMQFixture() : ToPythonFixture(Transport.RabbitMQWithRedis);

public sealed class CanvasOverRedisFixture() : ToPythonFixture(Transport.Redis);

/// <summary>Canvases over RabbitMQ, results in Redis.</summary>
public sealed class CanvasToPythonOverRabbitMQTests(CanvasOverRabbitMQFixture peers) : CanvasToPythonTests(peers), IClassFixture<CanvasOverRabbitMQFixture>;

/// <summary>Canvases over Redis.</summary>
public sealed class CanvasToPythonOverRedisTests(CanvasOverRedisFixture peers) : CanvasToPythonTests(peers), IClassFixture<CanvasOverRedisFixture>;
