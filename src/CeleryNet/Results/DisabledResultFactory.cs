using CeleryNet.Brokers;

namespace CeleryNet.Results;

/// <summary>Serves <c>disabled://</c>.</summary>
internal sealed class DisabledResultFactory : IResultBackendFactory
{
    private DisabledResultFactory() { }

    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => new DisabledResultBackend();
}
