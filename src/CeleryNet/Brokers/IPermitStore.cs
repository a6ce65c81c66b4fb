namespace CeleryNet.Brokers;

/// <summary>
/// Counts permits over all workers. An optional power of a broker or a result store. Those of a concurrency are leases: one that is not renewed comes back by itself, so that a worker that was
/// killed holds nothing for ever. Its own clock counts, not the workers'.
/// </summary>
public interface IPermitStore
{
    /// <summary>How long a permit is held without being renewed.</summary>
    TimeSpan LeaseDuration { get; }

    /// <summary>Takes all of the permits or none. Asking again for what the holder has is granted, and lets its lease begin anew.</summary>
    /// <param name="permits">The permits, each with a key of its own.</param>
    /// <param name="holder">Who asks: a text that nobody else uses.</param>
    /// <param name="cancellationToken">Stops the wait for the store; the permits may have been taken.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached; the permits may have been taken.</exception>
    ValueTask<PermitAnswer> AcquireAsync(IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken);

    /// <summary>Lets leases begin anew.</summary>
    /// <param name="leases">What is held.</param>
    /// <param name="restore">True puts back what the store does not know any more, also beyond the limit: for work that cannot be undone.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <returns>Those the store did not know.</returns>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<IReadOnlyList<PermitLease>> RenewAsync(IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken);

    /// <summary>Gives back what is held; what is not is no error.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask ReleaseAsync(IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken);
}
