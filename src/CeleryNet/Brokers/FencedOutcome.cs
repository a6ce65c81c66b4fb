namespace CeleryNet.Brokers;

/// <summary>What became of a <see cref="FencedMessage"/>.</summary>
public enum FencedOutcome
{
    /// <summary>The broker has it.</summary>
    Sent,

    /// <summary>It was sent for this moment, or a later one, before. Only a broker that remembers says so.</summary>
    SentBefore,

    /// <summary>The term is over; it was not sent.</summary>
    NotLeading,
}
