namespace CeleryNet.Worker;

/// <summary>What becomes of a task that was delivered before.</summary>
internal enum StartDecision
{
    /// <summary>It starts now.</summary>
    Start,

    /// <summary>It has been dealt with.</summary>
    Ended,

    /// <summary>The worker stops: it goes back as it is.</summary>
    Stopped,
}
