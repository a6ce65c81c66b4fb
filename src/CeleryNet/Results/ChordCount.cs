namespace CeleryNet.Results;

/// <summary>What a store says when the end of a member of a chord was counted.</summary>
/// <param name="Parts">The parts of all members in the header's order, when all are there and the caller is the one that ends the chord; <c>null</c> for everybody else.</param>
/// <param name="IsBeingEnded">True while another run of the same member ends the chord. Should that run be lost, nobody else will: ask again, until this is false.</param>
public readonly record struct ChordCount(IReadOnlyList<TaskResult>? Parts, bool IsBeingEnded = false)
{
    /// <summary>Others are missing, or another member ends the chord, or it has ended.</summary>
    public static ChordCount None { get; }

    /// <summary>Another run of the same member ends the chord.</summary>
    public static ChordCount BeingEnded { get; } = new(null, IsBeingEnded: true);
}
