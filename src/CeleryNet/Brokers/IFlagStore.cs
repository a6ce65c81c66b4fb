namespace CeleryNet.Brokers;

/// <summary>
/// Optional power of a broker: keeps names that are set or not, seen by every worker and client of the broker and surviving all of them. For facts of which there are few, such as a paused
/// queue; it is no data store.
/// </summary>
public interface IFlagStore
{
    /// <summary>Sets a flag; setting one again changes nothing but its lifetime. It is kept when this returns.</summary>
    /// <param name="name">Name of the flag, 1 to 200 bytes of UTF-8.</param>
    /// <param name="lifetime">After what time it vanishes by itself, 1 second to 49 days; <c>null</c> for never. Asking for it does not prolong it; a restart of the broker may.</param>
    /// <param name="cancellationToken">Stops the wait for the broker.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    /// <exception cref="TaskQueueConfigurationException">The broker does not let this user keep flags.</exception>
    ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken);

    /// <summary>True while a flag is set.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    /// <exception cref="TaskQueueConfigurationException">The broker does not let this user ask.</exception>
    ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes a flag away; one that is not set is no error.</summary>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    /// <exception cref="TaskQueueConfigurationException">The broker does not let this user keep flags.</exception>
    ValueTask ClearAsync(string name, CancellationToken cancellationToken);
}
