using CeleryNet.Benchmarks.Harness;
using CeleryNet.Brokers;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>The client library alone, set up as a careful user would.</summary>
internal static class RawRedis
{
    internal static async Task<ConnectionMultiplexer> OpenAsync()
    {
        var url = ConnectionString.ParseAll(Servers.Redis)[0];
        var options = new ConfigurationOptions { AbortOnConnectFail = true, SyncTimeout = 10_000, ConnectTimeout = 10_000, AllowAdmin = true };
        options.EndPoints.Add(url.Host!, url.Port ?? 6379);
        return await ConnectionMultiplexer.ConnectAsync(options).ConfigureAwait(false);
    }
}
