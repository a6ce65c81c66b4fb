using System.Diagnostics.CodeAnalysis;
using CeleryNet.Diagnostics;

namespace CeleryNet;

/// <summary>A queue was not purged, since it holds more tasks than the caller expected to lose. None was removed.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Queue and numbers are always required.")]
public sealed class PurgeRefusedException : TaskQueueException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="expected">How many the caller expected to lose at most.</param>
    /// <param name="ready">How many are ready.</param>
    public PurgeRefusedException(string queue, long expected, long ready)
        : base(
            ErrorCodes.PurgeRefused,
            $"Queue '{Printable.Limit(queue)}' was not purged: {ready} tasks are ready, but at most {expected} were expected to be lost. None was removed. Look at the queue again, then purge with the new number.")
    {
        (Queue, Expected, Ready) = (queue, expected, ready);
    }

    /// <summary>Name of the queue.</summary>
    public string Queue { get; }

    /// <summary>How many the caller expected to lose at most.</summary>
    public long Expected { get; }

    /// <summary>How many were ready.</summary>
    public long Ready { get; }
}
