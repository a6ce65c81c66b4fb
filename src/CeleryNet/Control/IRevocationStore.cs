namespace CeleryNet.Control;

/// <summary>Keeps what was revoked, so that a worker that starts later knows too. An optional power of a broker or a result store.</summary>
public interface IRevocationStore
{
    /// <summary>Adds revocations. Each is forgotten after <paramref name="keep"/>; adding one again keeps it anew.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask AddAsync(IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken);

    /// <summary>Everything that is revoked, the newest first, with the time each is still kept.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(int limit, CancellationToken cancellationToken);
}
