namespace CeleryNet.Brokers;

/// <summary>
/// Optional power of a broker: one of many leads, and another takes over when it falls silent. A broker whose messages can be checked against the lease is also an
/// <see cref="IFencedPublisher"/>. Thread-safe.
/// </summary>
public interface ILeaderLease
{
    /// <summary>Begins to lead, if nobody does.</summary>
    /// <param name="name">What is led; those who give the same name compete.</param>
    /// <param name="holder">Who wants to lead, for people who look at the server.</param>
    /// <param name="duration">After what time without renewal another may lead, from 1 second to 10 minutes.</param>
    /// <param name="cancellationToken">Stops the wait for the server; the lease may have been taken, and ends then by itself.</param>
    /// <returns>The term, or <c>null</c> while another leads.</returns>
    /// <exception cref="BrokerUnavailableException">The server cannot be reached.</exception>
    ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Leads on, for the duration from now. Call it every third of it.</summary>
    /// <returns>False when the term is over: another may lead.</returns>
    /// <exception cref="BrokerUnavailableException">The server cannot be reached; the term goes on until its duration is over.</exception>
    ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken);

    /// <summary>Ends the term, so that another may lead at once. A term that is over is no error.</summary>
    /// <exception cref="BrokerUnavailableException">The server cannot be reached; the term ends by itself.</exception>
    ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken);
}
