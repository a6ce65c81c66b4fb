namespace CeleryNet.Client;

/// <content>Batches.</content>
internal sealed partial class TaskClient
{
    public async Task<BatchHandle> CreateBatchAsync(BatchSignature batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (id, body) = await _batches.CreateAsync(batch, cancellationToken).ConfigureAwait(false);
        return new BatchHandle(id, _batches, body);
    }

    public BatchHandle GetBatch(string batchId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(batchId);
        return new BatchHandle(batchId, _batches, default);
    }

    private ValueTask<string?> ReplyQueueAsync(CancellationToken cancellationToken) => _replyQueue is { } queue ? new(queue.Name) : OpenReplyQueueAsync(cancellationToken);
}
