namespace CeleryNet.Brokers;

/// <summary>Keeps keys that belong to one task each, for clients and workers of all hosts. An optional power of a broker or a result store.</summary>
public interface IUniqueKeyStore
{
    /// <summary>Reserves a key for a task, in one step.</summary>
    /// <param name="key">The key.</param>
    /// <param name="taskId">Id of the task.</param>
    /// <param name="lifetime">After what time the key becomes free by itself, at least 1 millisecond.</param>
    /// <param name="replace">True takes it from whoever has it.</param>
    /// <param name="cancellationToken">Stops the wait for the store; the key may have been reserved.</param>
    /// <returns>Id of the task that had the key before; <c>null</c> when it was free. It still has it unless <paramref name="replace"/> is true.</returns>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached; the key may have been reserved.</exception>
    ValueTask<string?> ReserveAsync(string key, string taskId, TimeSpan lifetime, bool replace, CancellationToken cancellationToken);

    /// <summary>Lets the lifetime of a task's key begin anew; one that became free in the meantime is reserved again.</summary>
    /// <returns>False when another task has it.</returns>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<bool> RenewAsync(string key, string taskId, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Frees the key, if it is the task's.</summary>
    /// <returns>False when it is not.</returns>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<bool> ReleaseAsync(string key, string taskId, CancellationToken cancellationToken);
}
