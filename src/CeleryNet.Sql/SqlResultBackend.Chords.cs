using CeleryNet.Results;
using CeleryNet.Sql.Chords;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql;

/// <content>Chords, batches and saved groups.</content>
public sealed partial class SqlResultBackend : IBatchStore
{
    /// <inheritdoc/>
    public async ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        await ChangeAsync(session => _chords.SetSizeAsync(session, groupId, size), cancellationToken).ConfigureAwait(false);
        _expiry.Start();
    }

    /// <inheritdoc/>
    public async ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        await ChangeAsync(session => _chords.AddMemberAsync(session, groupId, taskId), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        ArgumentNullException.ThrowIfNull(part);
        var end = new ChordEnd(groupId, index, part.TaskId, ChordElement.Write(part), run, leastSize);
        if (!_database.WantsCombining) return (await ChangeAsync(session => _chords.CountAsync(session, [end]), cancellationToken).ConfigureAwait(false))[0];
        ThrowIfDisposed();
        try
        {
            return await _counting.WriteAsync(end, cancellationToken).ConfigureAwait(false); // members that end at once do not wait for the chord one by one
        }
        catch (DatabaseException error)
        {
            throw Unavailable(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken) =>
        await ChangeAsync(session => ChordTable.RemoveAsync(session, groupId), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        var kept = tuple.ToArray();
        await ChangeAsync(session => _chords.SaveGroupAsync(session, groupId, kept), cancellationToken).ConfigureAwait(false);
        _expiry.Start();
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken) =>
        await AskAsync(session => ChordTable.GetGroupAsync(session, groupId), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(batchId);
        ArgumentNullException.ThrowIfNull(taskIds);
        return await ChangeAsync(session => _chords.AddMembersAsync(session, batchId, taskIds, closingId), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(batchId);
        return await AskAsync(session => ChordTable.GetBatchAsync(session, batchId, closingId), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(batchId);
        await ChangeAsync(session => ChordTable.EndBatchAsync(session, batchId), cancellationToken).ConfigureAwait(false);
    }
}
