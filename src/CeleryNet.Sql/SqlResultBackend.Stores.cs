using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Scheduling;
using CeleryNet.Sql.Limiting;
using CeleryNet.Sql.Revoking;
using CeleryNet.Sql.Scheduling;

namespace CeleryNet.Sql;

/// <content>Permits, keys of unique tasks, revocations and schedules, for a broker that keeps none.</content>
public sealed partial class SqlResultBackend : IPermitStore, IUniqueKeyStore, IRevocationStore, IScheduleStore
{
    /// <inheritdoc/>
    public TimeSpan LeaseDuration => _database.Options.LeaseDuration;

    /// <inheritdoc/>
    string IScheduleStore.Location => Address;

    /// <inheritdoc/>
    public ValueTask<PermitAnswer> AcquireAsync(IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permits);
        return new(ChangeAsync(session => PermitTable.AcquireAsync(session, permits, holder, LeaseDuration), cancellationToken, mayBeRepeated: false));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PermitLease>> RenewAsync(IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return new(ChangeAsync(session => PermitTable.RenewAsync(session, leases, restore, LeaseDuration), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        await ChangeAsync(session => PermitTable.ReleaseAsync(session, leases), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<string?> ReserveAsync(string key, string taskId, TimeSpan lifetime, bool replace, CancellationToken cancellationToken) =>
        new(ChangeAsync(session => UniqueKeyTable.ReserveAsync(session, key, taskId, lifetime, replace), cancellationToken, mayBeRepeated: false));

    /// <inheritdoc/>
    public ValueTask<bool> RenewAsync(string key, string taskId, TimeSpan lifetime, CancellationToken cancellationToken) =>
        new(ChangeAsync(session => UniqueKeyTable.RenewAsync(session, key, taskId, lifetime), cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> ReleaseAsync(string key, string taskId, CancellationToken cancellationToken) =>
        new(ChangeAsync(session => UniqueKeyTable.ReleaseAsync(session, key, taskId), cancellationToken));

    /// <inheritdoc/>
    /// <remarks>The 50 000 newest are kept.</remarks>
    public async ValueTask AddAsync(IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocations);
        await ChangeAsync(session => RevocationTable.AddAsync(session, revocations, keep), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await AskAsync(session => RevocationTable.LoadAsync(session, limit), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    async ValueTask<StoredSchedule> IScheduleStore.LoadAsync(string beat, CancellationToken cancellationToken) =>
        await AskAsync(session => ScheduleRows.LoadAsync(session, beat), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken) =>
        await ChangeAsync(session => ScheduleRows.SaveAsync(session, beat, entries), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask<bool> IScheduleStore.RemoveAsync(string beat, string name, CancellationToken cancellationToken) =>
        await ChangeAsync(session => ScheduleRows.RemoveAsync(session, beat, name), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask IScheduleStore.SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken) =>
        await ChangeAsync(session => ScheduleRows.SaveAsync(session, beat, progress), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    async ValueTask<long> IScheduleStore.GetVersionAsync(string beat, CancellationToken cancellationToken) =>
        await AskAsync(session => ScheduleRows.VersionAsync(session, beat), cancellationToken).ConfigureAwait(false);
}
