using CeleryNet.Brokers;
using CeleryNet.Redis;

[assembly: BrokerScheme("redis", typeof(RedisBrokerFactory))]
[assembly: BrokerScheme("rediss", typeof(RedisBrokerFactory))]

namespace CeleryNet.Redis;

/// <summary>Makes brokers for <c>redis://</c> and, with TLS, <c>rediss://</c>.</summary>
public sealed class RedisBrokerFactory : IBrokerFactory
{
    /// <inheritdoc/>
    public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new RedisBroker(urls, null, services);
}
