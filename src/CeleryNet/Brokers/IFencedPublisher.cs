namespace CeleryNet.Brokers;

/// <summary>Optional power of a broker that is an <see cref="ILeaderLease"/>: takes a message from nobody but the leader, however long ago the leader asked whether it still is.</summary>
public interface IFencedPublisher
{
    /// <summary>Publishes a message if the term still lasts; broker and lease decide that together. Returns when the broker took responsibility for it.</summary>
    /// <exception cref="PublishException">The broker did not take it within the publish timeout, refused it, or has no queue for it.</exception>
    ValueTask<FencedOutcome> PublishFencedAsync(LeaderTerm term, FencedMessage message, CancellationToken cancellationToken);
}
