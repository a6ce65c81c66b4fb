using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>A lease that everybody gets.</summary>
internal sealed class EverybodyLeads : ILeaderLease
{
    public ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken) =>
        new(new LeaderTerm(name, holder, 1, duration));

    public ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken) => new(true);

    public ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken) => default;
}
