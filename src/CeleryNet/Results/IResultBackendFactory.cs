using CeleryNet.Brokers;

namespace CeleryNet.Results;

/// <summary>Makes the result backend of a connection string.</summary>
public interface IResultBackendFactory
{
    /// <summary>Creates the backend without connecting.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="urls">The URLs, at least one, to be tried in turn.</param>
    /// <exception cref="TaskQueueConfigurationException">An option of a URL is unknown or wrong.</exception>
    static abstract IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls);
}
