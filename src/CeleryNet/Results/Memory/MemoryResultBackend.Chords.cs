namespace CeleryNet.Results.Memory;

internal sealed partial class MemoryResultBackend : IBatchStore
{
    private readonly MemoryChords _chords = new(time, expiry ?? Expiry);

    /// <inheritdoc/>
    public ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken) => _chords.SetSizeAsync(groupId, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken) => _chords.AddMemberAsync(groupId, taskId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken) =>
        _chords.CountAsync(groupId, index, part, run, leastSize, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken) => _chords.RemoveAsync(groupId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken) => _chords.SaveGroupAsync(groupId, tuple, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken) => _chords.GetGroupAsync(groupId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken) =>
        _chords.AddMembersAsync(batchId, taskIds, closingId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken) => _chords.GetBatchAsync(batchId, closingId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken) => _chords.EndBatchAsync(batchId, cancellationToken);
}
