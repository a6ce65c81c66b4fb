namespace CeleryNet;

/// <summary>When the key of a unique task becomes free, before <see cref="UniqueAttribute.For"/> is over.</summary>
public enum UniqueUntil
{
    /// <summary>When the task has ended for good; a retry keeps it. Default.</summary>
    Finished,

    /// <summary>When a run begins: one may wait while another one runs.</summary>
    Started,

    /// <summary>Never before its time: at most one in that time, whatever becomes of it.</summary>
    Expired,
}
