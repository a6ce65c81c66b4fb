namespace CeleryNet.Scheduling;

/// <summary>What became of a send of the beat.</summary>
internal enum BeatOutcome
{
    /// <summary>The broker has it.</summary>
    Sent,

    /// <summary>The broker had it for this moment, or a later one, before.</summary>
    SentBefore,

    /// <summary>The task is unique, and another one has its key: nothing was sent.</summary>
    Duplicate,

    /// <summary>The term is over: nothing was sent.</summary>
    NotLeading,
}
