using CeleryNet.Brokers;

namespace CeleryNet.Worker.Limits;

/// <summary>The permits that one run holds, until it leaves.</summary>
/// <param name="slot">Where it runs.</param>
/// <param name="leases">What it holds.</param>
/// <param name="leave">Called once, when it gives them back.</param>
internal sealed class PermitHolding(Slot slot, IReadOnlyList<PermitLease> leases, Action<PermitHolding> leave)
{
    private int _hasLeft;

    internal Slot Slot { get; } = slot;

    internal IReadOnlyList<PermitLease> Leases { get; } = leases;

    /// <summary>Gives back what is held. Again it does nothing.</summary>
    internal void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0) leave(this);
    }
}
