using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;

namespace CeleryNet.Results.Memory;

/// <summary>Serves <c>memory://</c>: one store per host, whatever the URL's host name says.</summary>
internal sealed class MemoryResultBackendFactory : IResultBackendFactory
{
    private MemoryResultBackendFactory() { }

    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls)
    {
        MemoryBrokerFactory.RefuseOptions(urls);
        return new MemoryResultBackend(services.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System);
    }
}
