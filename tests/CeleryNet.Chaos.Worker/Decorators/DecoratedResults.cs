using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Passes everything on; around a store that counts chords and batches.</summary>
public abstract class DecoratedResults(IResultBackend inner) : IResultBackend, IBatchStore
{
    private IBatchStore Chords => (IBatchStore)inner; // the rows' results are in Redis

    /// <inheritdoc/>
    public string Address => inner.Address;

    /// <inheritdoc/>
    public bool IsEnabled => inner.IsEnabled;

    /// <inheritdoc/>
    public virtual ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken) => inner.StoreAsync(result, reply, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken) => inner.GetAsync(taskId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken) =>
        inner.SubscribeAsync(taskId, observer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken) => inner.ForgetAsync(taskId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => inner.OpenReplyQueueAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken) => Chords.SetSizeAsync(groupId, size, cancellationToken);

    /// <inheritdoc/>
    public ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken) => Chords.AddMemberAsync(groupId, taskId, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken) =>
        Chords.CountAsync(groupId, index, part, run, leastSize, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken) => Chords.RemoveAsync(groupId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken) => Chords.SaveGroupAsync(groupId, tuple, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken) => Chords.GetGroupAsync(groupId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken) =>
        Chords.AddMembersAsync(batchId, taskIds, closingId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken) => Chords.GetBatchAsync(batchId, closingId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken) => Chords.EndBatchAsync(batchId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
