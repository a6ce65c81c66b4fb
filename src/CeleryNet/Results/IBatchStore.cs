namespace CeleryNet.Results;

/// <summary>
/// Optional power of a store that counts chords: chords that grow from nothing, and of which somebody asks how far they are. The header's size is that of the one member that closes the batch, so that it
/// cannot end before; all others are added. Thread-safe, and repeating a call is harmless.
/// </summary>
public interface IBatchStore : IChordStore
{
    /// <summary>Adds members, all or none.</summary>
    /// <param name="batchId">Id of the batch, which is that of the header.</param>
    /// <param name="taskIds">The members; one that is known already counts once, whatever has become of the batch.</param>
    /// <param name="closingId">The member whose end closes the batch: nothing is added after it. <c>null</c> when the caller is itself a member that runs, which keeps the batch from ending.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>False when nothing was added: the batch is closed, has ended or is not known.</returns>
    /// <exception cref="BrokerUnavailableException">The store did not answer in time; it may have added them.</exception>
    ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken);

    /// <summary>How far the batch is; also after its end, for as long as results are kept.</summary>
    /// <param name="batchId">Id of the batch.</param>
    /// <param name="closingId">The member that closes it and is not counted.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="BrokerUnavailableException">The store did not answer in time.</exception>
    ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken);

    /// <summary>Says that the batch has ended and its callbacks are sent: nobody ends it again. What was counted stays for as long as results are kept.</summary>
    /// <param name="batchId">Id of the batch.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="BrokerUnavailableException">The store did not answer in time.</exception>
    ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken);
}
