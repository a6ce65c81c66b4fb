using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Worker.Limits;

namespace CeleryNet.Worker;

/// <summary>What is known of a task that is limited in some way and has not ended. Other tasks have none.</summary>
internal sealed class PendingStart
{
    private PermitHolding? _holding;

    /// <summary>Monotonic timestamp of the start that is its own under the worker's rate limit; <c>null</c> when it has none.</summary>
    internal long? Turn { get; set; }

    /// <summary>The permits it needs; <c>null</c> until they were looked up.</summary>
    internal IReadOnlyList<Permit>? Permits { get; set; }

    /// <summary>By what name it holds permits: that of this delivery alone, since one id may be delivered twice.</summary>
    internal string Holder { get; } = TaskId.New();

    /// <summary>Its place among the tasks that wait in memory; <c>null</c> when it does not wait. Under the lock of the hold step.</summary>
    internal object? Place { get; set; }

    /// <summary>Monotonic timestamp since when it has been waiting for others; <c>null</c> before.</summary>
    internal long? WaitsSince { get; set; }

    /// <summary>True while it stands in a queue for a permit. Under the lock of the queues.</summary>
    internal bool IsQueued { get; set; }

    /// <summary>Notes what it holds.</summary>
    internal void Enter(PermitHolding holding) => Volatile.Write(ref _holding, holding);

    /// <summary>Gives back what it holds, when it was entered from this slot: a task that was refused in one slot may run in another one already.</summary>
    internal void Leave(Slot slot)
    {
        if (Volatile.Read(ref _holding) is { } holding && ReferenceEquals(holding.Slot, slot)) holding.Leave();
    }
}
