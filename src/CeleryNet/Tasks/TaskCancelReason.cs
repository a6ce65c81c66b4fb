namespace CeleryNet;

/// <summary>Why a running task was asked to end.</summary>
public enum TaskCancelReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Its soft time limit passed.</summary>
    TimeLimit,

    /// <summary>Somebody revoked it.</summary>
    Revoked,

    /// <summary>The worker is stopping; the task goes back to its queue when it ends unfinished.</summary>
    Shutdown,
}
