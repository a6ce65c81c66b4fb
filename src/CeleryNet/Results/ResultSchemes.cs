using System.Collections.Concurrent;
using CeleryNet.Brokers;

namespace CeleryNet.Results;

/// <summary>Which package serves which scheme of results. Static for the reason given at <see cref="BrokerSchemes"/>.</summary>
public static class ResultSchemes
{
    private static readonly ConcurrentDictionary<string, Func<IServiceProvider, IReadOnlyList<ConnectionString>, IResultBackend>> Factories = new()
    {
        ["memory"] = Memory.MemoryResultBackendFactory.CreateResults,
        ["disabled"] = DisabledResultFactory.CreateResults,
    };

    /// <summary>Registers the factory of a scheme. Called by generated code; repeating it is harmless.</summary>
    public static void Add<TFactory>(string scheme) where TFactory : IResultBackendFactory => Factories[scheme] = TFactory.CreateResults;

    /// <summary>Makes the result backend that <paramref name="connectionString"/> names.</summary>
    /// <exception cref="TaskQueueConfigurationException">No referenced package serves its scheme.</exception>
    public static IResultBackend Create(IServiceProvider services, string connectionString)
    {
        var urls = ConnectionString.ParseAll(connectionString);
        return Factories.TryGetValue(urls[0].Scheme, out var create) ? create(services, urls) : throw BrokerSchemes.Unknown(urls[0], "results", KnownPackages);
    }

    private static readonly Dictionary<string, string> KnownPackages = new()
    {
        ["memory"] = "CeleryNet",
        ["disabled"] = "CeleryNet",
        ["rpc"] = "CeleryNet.RabbitMQ",
        ["redis"] = "CeleryNet.Redis",
        ["rediss"] = "CeleryNet.Redis",
        ["sqlite"] = "CeleryNet.Sql",
        ["postgresql"] = "CeleryNet.Sql",
        ["postgres"] = "CeleryNet.Sql",
        ["db+sqlite"] = "CeleryNet.Sql",
        ["db+postgresql"] = "CeleryNet.Sql",
    };
}
