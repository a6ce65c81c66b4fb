using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary><c>rediss://</c> encrypts every connection, and wants a certificate that can be trusted unless told otherwise.</summary>
public sealed class RedisTlsTests : WorkerSuite
{
    private RedisServer? _server;

    protected override void Use(TaskQueueBuilder queue) => queue.UseRedis($"{_server!.TlsUrl}?ssl_cert_reqs=none").UseRedisResults($"{_server.TlsUrl}?ssl_cert_reqs=none");

    [SkippableFact]
    public async Task Worker_OverTls_IsWokenAndAnswers()
    {
        _server = Own(await RedisServer.StartWithTlsAsync());
        var host = await StartAsync(_ => { }, DelegateHandler.Returning("work", _ => Task.FromResult("done")));

        for (var i = 0; i < 3; i++) (await (await host.Client.EnqueueByNameAsync<string>("work")).GetAsync(Deadline.Usual)).Should().Be("done");
        await using var redis = await TestRedis.ConnectAsync(_server.Url);
        await Eventually.IsTrueAsync(redis.IsWatchedAsync);
    }

    [SkippableFact]
    public async Task Certificate_ThatNobodyTrusts_IsRefused()
    {
        _server = Own(await RedisServer.StartWithTlsAsync());
        await using var broker = new RedisBroker(ConnectionString.ParseAll(_server.TlsUrl), new RedisOptions { ConnectTimeout = TimeSpan.FromSeconds(1) });

        var ping = async () => await broker.PingAsync(CancellationToken.None).Within();

        await ping.Should().ThrowAsync<BrokerUnavailableException>();
    }
}
