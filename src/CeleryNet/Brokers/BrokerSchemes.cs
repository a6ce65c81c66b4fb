using System.Collections.Concurrent;
using CeleryNet.Diagnostics;

namespace CeleryNet.Brokers;

/// <summary>
/// Which package serves which scheme. Static because the generated module initializer of the host fills it before any service exists; it only ever grows.
/// </summary>
public static class BrokerSchemes
{
    private static readonly ConcurrentDictionary<string, Func<IServiceProvider, IReadOnlyList<ConnectionString>, IBroker>> Factories = new()
    {
        ["memory"] = Memory.MemoryBrokerFactory.CreateBroker,
    };

    /// <summary>Registers the factory of a scheme. Called by generated code; repeating it is harmless.</summary>
    public static void Add<TFactory>(string scheme) where TFactory : IBrokerFactory => Factories[scheme] = TFactory.CreateBroker;

    /// <summary>Makes the broker that <paramref name="connectionString"/> names.</summary>
    /// <exception cref="TaskQueueConfigurationException">No referenced package serves its scheme.</exception>
    public static IBroker Create(IServiceProvider services, string connectionString)
    {
        var urls = ConnectionString.ParseAll(connectionString);
        return Factories.TryGetValue(urls[0].Scheme, out var create) ? create(services, urls) : throw Unknown(urls[0], "broker", KnownPackages);
    }

    /// <summary>The error for a scheme that nobody serves; names the package to add.</summary>
    internal static TaskQueueConfigurationException Unknown(ConnectionString url, string kind, IReadOnlyDictionary<string, string> packages) => new(
        ErrorCodes.UnknownScheme,
        packages.TryGetValue(url.Scheme, out var package)
            ? $"No referenced package serves the {kind} '{url}'. Add the package {package} to the project that calls AddTaskQueue, or call its typed method."
            : $"The scheme '{url.Scheme}' of the {kind} '{url}' is unknown. Known are {string.Join(", ", packages.Keys.Order())} and those of referenced packages.");

    private static readonly Dictionary<string, string> KnownPackages = new()
    {
        ["memory"] = "CeleryNet",
        ["amqp"] = "CeleryNet.RabbitMQ",
        ["amqps"] = "CeleryNet.RabbitMQ",
        ["pyamqp"] = "CeleryNet.RabbitMQ",
        ["redis"] = "CeleryNet.Redis",
        ["rediss"] = "CeleryNet.Redis",
        ["sqlite"] = "CeleryNet.Sql",
        ["postgresql"] = "CeleryNet.Sql",
        ["postgres"] = "CeleryNet.Sql",
    };
}
