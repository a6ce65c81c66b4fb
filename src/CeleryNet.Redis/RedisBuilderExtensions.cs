using CeleryNet.Redis;

namespace CeleryNet;

/// <summary>Chooses Redis as broker or result store.</summary>
public static class RedisBuilderExtensions
{
    /// <summary>Carries tasks through Redis, in the layout of Celery.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="url"><c>redis://:password@host:6379/0</c>, <c>rediss://…</c> with TLS, several separated by <c>;</c>, or just <c>localhost:6379</c>.</param>
    /// <param name="configure">Changes options; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseRedis(this TaskQueueBuilder builder, string url, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var urls = RedisUrl.Parse(url);
        return builder.UseBroker(services => new RedisBroker(urls, Options(configure), services));
    }

    /// <summary>Keeps results in Redis, where Celery keeps them.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="url">As for <see cref="UseRedis"/>.</param>
    /// <param name="configure">Changes options, such as <see cref="RedisOptions.ResultExpiry"/>; what the URL says wins.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseRedisResults(this TaskQueueBuilder builder, string url, Action<RedisOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var urls = RedisUrl.Parse(url);
        return builder.UseResults(services => new RedisResultBackend(urls, Options(configure), services));
    }

    private static RedisOptions Options(Action<RedisOptions>? configure)
    {
        var options = new RedisOptions();
        configure?.Invoke(options);
        return options;
    }
}
