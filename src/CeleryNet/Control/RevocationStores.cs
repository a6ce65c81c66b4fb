using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.Control;

/// <summary>Chooses where revocations are kept for workers that start later.</summary>
internal static class RevocationStores
{
    /// <summary>The broker where it can keep them; else, only where it was asked for, the result store; else nothing does, as in Celery.</summary>
    /// <exception cref="TaskQueueConfigurationException">It was asked for, and neither can.</exception>
    internal static IRevocationStore? Choose(IBroker broker, IResultBackend results, bool isWanted)
    {
        if (broker is IRevocationStore kept) return kept;
        if (!isWanted) return null;
        return results as IRevocationStore ?? throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration,
            $"StoreRevocations is true, but neither the broker {broker.Address} nor the result store {results.Address} keeps revocations. Use Redis for one of them, or set it to false.");
    }
}
