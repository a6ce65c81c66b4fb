namespace CeleryNet;

/// <summary>How many members of a group have ended, and how.</summary>
/// <param name="Total">All members.</param>
/// <param name="Succeeded">Those that succeeded: Celery's <c>completed_count</c>.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Revoked">Those that were revoked or expired.</param>
public readonly record struct GroupCounts(int Total, int Succeeded, int Failed, int Revoked)
{
    /// <summary>Those that have ended in any way.</summary>
    public int Ended => Succeeded + Failed + Revoked;

    /// <summary>True when all have ended.</summary>
    public bool IsReady => Ended == Total;
}
