namespace CeleryNet.Brokers;

/// <summary>Makes the broker of a connection string.</summary>
public interface IBrokerFactory
{
    /// <summary>Creates the broker without connecting.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="urls">The URLs, at least one, to be tried in turn.</param>
    /// <exception cref="TaskQueueConfigurationException">An option of a URL is unknown or wrong.</exception>
    static abstract IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls);
}
