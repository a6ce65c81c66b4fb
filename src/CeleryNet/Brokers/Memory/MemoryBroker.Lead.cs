namespace CeleryNet.Brokers.Memory;

/// <content>Leading within the process.</content>
internal sealed partial class MemoryBroker : ILeaderLease, IFencedPublisher
{
    private readonly MemoryLeases _leases = new(time);

    /// <inheritdoc/>
    public ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken) => _leases.AcquireAsync(name, holder, duration, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken) => _leases.RenewAsync(term, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken) => _leases.ReleaseAsync(term, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<FencedOutcome> PublishFencedAsync(LeaderTerm term, FencedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        if (!_leases.IsLeading(term)) return FencedOutcome.NotLeading;
        await PublishAsync(message.Message, message.Route, cancellationToken).ConfigureAwait(false);
        return FencedOutcome.Sent;
    }
}
