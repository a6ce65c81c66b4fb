namespace CeleryNet.Redis.Consuming;

/// <summary>From which lists of its queues a take takes.</summary>
internal enum TakeScope
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Those of the most urgent step, whose pushes are waited for.</summary>
    Watched,

    /// <summary>The others.</summary>
    Unwatched,
}
