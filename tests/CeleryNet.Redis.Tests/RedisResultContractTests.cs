using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>The promises of every result backend, kept on a real Redis.</summary>
public sealed class RedisResultContractTests : ResultBackendContract
{
    protected override IResultBackend CreateBackend() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis));
}
