namespace CeleryNet;

/// <summary>How far a batch is.</summary>
/// <param name="Total">Members that were added so far.</param>
/// <param name="Done">Those that have ended in any way.</param>
/// <param name="Failed">Those of them that failed, were revoked, expired or were rejected.</param>
/// <param name="IsClosed">True when nothing more comes from outside, though members that run may add others; some milliseconds after <see cref="BatchHandle.CloseAsync"/>.</param>
/// <param name="HasEnded">True when it was closed and all members have ended; its callbacks are sent then.</param>
public readonly record struct BatchProgress(int Total, int Done, int Failed, bool IsClosed, bool HasEnded)
{
    /// <summary>Members that succeeded.</summary>
    public int Succeeded => Done - Failed;

    /// <summary>Members that have not ended.</summary>
    public int Pending => Total - Done;
}
