namespace CeleryNet.Results;

/// <summary>What a store has counted of a batch.</summary>
/// <param name="Added">Members that were added so far.</param>
/// <param name="Ended">Those that have ended in any way.</param>
/// <param name="Failed">Those of them that did not succeed.</param>
/// <param name="IsClosed">True when the member that closes the batch has ended.</param>
/// <param name="IsCounting">True until the batch has ended, which is when its members are counted no more.</param>
public readonly record struct BatchTally(int Added, int Ended, int Failed, bool IsClosed, bool IsCounting)
{
    /// <summary>True when something is kept of it: it counts, or members were added.</summary>
    public bool IsKnown => IsCounting || Added > 0 || IsClosed;

    /// <summary>True when no member is to come, and none is awaited.</summary>
    public bool HasEnded => !IsCounting || (IsClosed && Ended >= Added);
}
