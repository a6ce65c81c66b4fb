using CeleryNet.Brokers;

namespace CeleryNet.Redis;

public sealed partial class RedisResultBackend : IPermitStore, IUniqueKeyStore
{
    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _connector.Options.LeaseDuration;

    /// <inheritdoc/>
    public ValueTask<PermitAnswer> AcquireAsync(IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permits);
        return new(RunAsync(session => _permits.AcquireAsync(session, permits, holder, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PermitLease>> RenewAsync(IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return new(RunAsync(session => _permits.RenewAsync(session, leases, restore, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        await RunAsync(session => _permits.ReleaseAsync(session, leases, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<string?> ReserveAsync(string key, string taskId, TimeSpan lifetime, bool replace, CancellationToken cancellationToken) =>
        new(RunAsync(session => _uniqueKeys.ReserveAsync(session, key, taskId, lifetime, replace, cancellationToken), cancellationToken, mayBeRepeated: false));

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string key, string taskId, TimeSpan lifetime, CancellationToken cancellationToken) =>
        new(RunAsync(session => _uniqueKeys.RenewAsync(session, key, taskId, lifetime, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> ReleaseAsync(string key, string taskId, CancellationToken cancellationToken) =>
        new(RunAsync(session => _uniqueKeys.ReleaseAsync(session, key, taskId, cancellationToken), cancellationToken));
}
