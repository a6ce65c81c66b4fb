namespace CeleryNet.Results;

/// <summary>
/// Optional power of a result store: counts the members of chords that have ended, so that the last one sends the body. A store without it runs no chords, as Celery's rpc backend. Thread-safe.
/// </summary>
/// <remarks>All that is kept of a chord is forgotten when it is removed, or as results expire.</remarks>
public interface IChordStore
{
    /// <summary>Says how many members the header has; called before its last one is sent. Nothing is complete before.</summary>
    /// <exception cref="BrokerUnavailableException">The store did not take it in time. Repeating it is harmless, as for all calls here.</exception>
    ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken);

    /// <summary>One more member, sent by a member that runs: Celery's <c>add_to_chord</c>.</summary>
    /// <param name="groupId">Id of the header.</param>
    /// <param name="taskId">The new member; named twice it counts once.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken);

    /// <summary>Counts a member that has ended. One that ended twice counts once, with what it ended with first.</summary>
    /// <param name="groupId">Id of the header.</param>
    /// <param name="index">Its place in the header; <c>null</c> is behind all others.</param>
    /// <param name="part">Id, state, and value or error; copied.</param>
    /// <param name="run">Names the run of the member, so that two runs at once are told apart; the same text for as long as one run asks.</param>
    /// <param name="leastSize">How many members the header has at least, where that is known: a Python 5.2 worker that sends a group inside a header takes that group's size for the header's. A size below it is
    /// raised to it in the same step. 0 when nothing is known.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Whether the caller is to end the chord: the run that was last, and one that asks again after a few seconds in which the other did not get it done.</returns>
    ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken);

    /// <summary>Forgets what was counted, after the body was sent or its error was told.</summary>
    ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>Keeps the structure of a group under its id: Celery's <c>GroupResult.save</c>.</summary>
    /// <param name="groupId">Id of the group.</param>
    /// <param name="tuple">Its result tuple as JSON, <c>[["id", parent], [members]]</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken);

    /// <summary>The result tuple of a kept group; empty when there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken);
}
