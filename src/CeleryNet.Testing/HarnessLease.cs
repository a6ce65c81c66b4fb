using CeleryNet.Brokers;

namespace CeleryNet.Testing;

/// <summary>Lets no beat lead: in a harness <see cref="HarnessBeat"/> sends what is due, when the clock is moved, and not the beat's own loop, which would sleep by timers.</summary>
internal sealed class HarnessLease : ILeaderLease
{
    public ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken) => new((LeaderTerm?)null);

    public ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken) => new(false);

    public ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken) => default;
}
