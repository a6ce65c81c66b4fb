using CeleryNet.Results;

namespace CeleryNet.Redis;

public sealed partial class RedisResultBackend : IBatchStore
{
    /// <inheritdoc/>
    public async ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken) =>
        await RunAsync(session => _chords.SetSizeAsync(session, groupId, size, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken) =>
        await RunAsync(session => _chords.AddMemberAsync(session, groupId, taskId, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        return new(RunAsync(session => _chords.CountAsync(session, groupId, index, part, run, leastSize, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken) =>
        await RunAsync(session => _chords.RemoveAsync(session, groupId, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken) =>
        await RunAsync(session => _chords.SaveGroupAsync(session, groupId, tuple, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken) =>
        new(RunAsync(session => _chords.GetGroupAsync(session, groupId, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        return new(RunAsync(session => _chords.AddMembersAsync(session, batchId, taskIds, closingId, cancellationToken), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken) =>
        new(RunAsync(session => _chords.GetBatchAsync(session, batchId, closingId, cancellationToken), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken) =>
        await RunAsync(session => _chords.EndBatchAsync(session, batchId, cancellationToken), cancellationToken).ConfigureAwait(false);
}
