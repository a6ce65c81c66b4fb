namespace CeleryNet.Events;

/// <summary>What a new event means to whoever sends.</summary>
internal enum EventUrgency
{
    /// <summary>Others wait already.</summary>
    None,

    /// <summary>It is the first that waits: a few milliseconds are given for others to come.</summary>
    Soon,

    /// <summary>So many wait that no more are to be waited for.</summary>
    Now,
}
