using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Brokers.Memory;

/// <summary>Serves <c>memory://</c>: one broker per host, whatever the URL's host name says.</summary>
internal sealed class MemoryBrokerFactory : IBrokerFactory
{
    private MemoryBrokerFactory() { }

    /// <inheritdoc/>
    public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls)
    {
        RefuseOptions(urls);
        return new MemoryBroker(services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System, (services.GetService(typeof(ILoggerFactory)) as ILoggerFactory)?.CreateLogger<MemoryBroker>());
    }

    /// <summary>A misspelt or foreign option must not pass in silence.</summary>
    internal static void RefuseOptions(IReadOnlyList<ConnectionString> urls)
    {
        if (urls.SelectMany(url => url.Query.Keys).FirstOrDefault() is { } option)
            throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"Connection string '{urls[0]}' has the option '{option}', but memory:// has none. Remove it.");
    }
}
