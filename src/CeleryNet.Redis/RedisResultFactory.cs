using CeleryNet.Brokers;
using CeleryNet.Redis;
using CeleryNet.Results;

[assembly: ResultScheme("redis", typeof(RedisResultFactory))]
[assembly: ResultScheme("rediss", typeof(RedisResultFactory))]

namespace CeleryNet.Redis;

/// <summary>Makes result backends for <c>redis://</c> and, with TLS, <c>rediss://</c>.</summary>
public sealed class RedisResultFactory : IResultBackendFactory
{
    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new RedisResultBackend(urls, null, services);
}
