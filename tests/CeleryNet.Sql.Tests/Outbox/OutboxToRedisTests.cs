using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Outbox;

/// <summary>From PostgreSQL to Redis.</summary>
public sealed class OutboxToRedisTests(PostgresSchema schema) : OutboxContract(schema), IClassFixture<PostgresSchema>
{
    protected override string Url => TestServers.Redis;

    protected override void UseBroker(TaskQueueBuilder queue, string url) => queue.UseRedis(url);

    protected override string UrlThrough(int port) => Url.Replace($":{ConnectionString.ParseAll(Url)[0].Port}/", $":{port}/", StringComparison.Ordinal);
}
