namespace CeleryNet.Results.Memory;

/// <content>Batches.</content>
internal sealed partial class MemoryChords
{
    public ValueTask<bool> AddMembersAsync(string batchId, IReadOnlyList<string> taskIds, string? closingId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        lock (_lock) return ValueTask.FromResult(AddMembers(batchId, taskIds, closingId));
    }

    public ValueTask<BatchTally> GetBatchAsync(string batchId, string closingId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            RemoveExpired();
            if (!_chords.TryGetValue(batchId, out var chord)) return ValueTask.FromResult(default(BatchTally));
            var isClosed = chord.Parts.ContainsKey(closingId);
            var failed = chord.Parts.Count(counted => counted.Key != closingId && counted.Value.Part.State != TaskStates.Success);
            return ValueTask.FromResult(new BatchTally(chord.Added.Count, chord.Parts.Count - (isClosed ? 1 : 0), failed, isClosed, chord.Size is not null));
        }
    }

    public ValueTask EndBatchAsync(string batchId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_chords.TryGetValue(batchId, out var chord)) (chord.Size, chord.Sender) = (null, null);
        }

        return ValueTask.CompletedTask;
    }

    private bool AddMembers(string batchId, IReadOnlyList<string> taskIds, string? closingId)
    {
        RemoveExpired();
        if (!_chords.TryGetValue(batchId, out var chord)) return taskIds.Count == 0;
        if (taskIds.All(chord.Added.Contains)) return true;
        if (chord.Size is null || (closingId is not null && chord.Parts.ContainsKey(closingId))) return false;
        chord.Added.UnionWith(taskIds);
        chord.Touched = time.GetTimestamp();
        return true;
    }
}
