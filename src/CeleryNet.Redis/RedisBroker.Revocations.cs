using CeleryNet.Control;

namespace CeleryNet.Redis;

public sealed partial class RedisBroker : IRevocationStore
{
    /// <inheritdoc/>
    /// <remarks>The 50 000 newest are kept.</remarks>
    public async ValueTask AddAsync(IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocations);
        await AskAsync($"{revocations.Count} revocations were not stored", session => _revocations.AddAsync(session, revocations, keep, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await AskAsync("the revocations were not read", session => _revocations.LoadAsync(session, limit, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
