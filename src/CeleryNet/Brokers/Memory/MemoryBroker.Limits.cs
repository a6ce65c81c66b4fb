namespace CeleryNet.Brokers.Memory;

/// <content>Permits and keys of unique tasks, for all workers and clients of the process.</content>
internal sealed partial class MemoryBroker : IPermitStore, IUniqueKeyStore
{
    private readonly MemoryPermits _permits = new(time);
    private readonly MemoryUniqueKeys _uniqueKeys = new(time);

    /// <inheritdoc/>
    public TimeSpan LeaseDuration => MemoryPermits.LeaseDuration;

    /// <inheritdoc/>
    public ValueTask<PermitAnswer> AcquireAsync(IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken) => new(_permits.Acquire(permits, holder));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PermitLease>> RenewAsync(IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken) => new(_permits.Renew(leases, restore));

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken)
    {
        _permits.Release(leases);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask<string?> ReserveAsync(string key, string taskId, TimeSpan lifetime, bool replace, CancellationToken cancellationToken) => new(_uniqueKeys.Reserve(key, taskId, lifetime, replace));

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string key, string taskId, TimeSpan lifetime, CancellationToken cancellationToken) => new(_uniqueKeys.Renew(key, taskId, lifetime));

    /// <inheritdoc/>
    public ValueTask<bool> ReleaseAsync(string key, string taskId, CancellationToken cancellationToken) => new(_uniqueKeys.Release(key, taskId));
}
