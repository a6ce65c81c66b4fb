namespace CeleryNet.Results.Memory;

/// <summary>Chords inside the process: the reference implementation of <see cref="IBatchStore"/>. What nobody touched for as long as results are kept is forgotten. Thread-safe.</summary>
internal sealed partial class MemoryChords(TimeProvider time, TimeSpan expiry) : IBatchStore
{
    // How long the body of a chord may take to be sent before another run sends it.
    private static readonly TimeSpan Claim = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new(); // guards all below
    private readonly Dictionary<string, Counted> _chords = [];
    private readonly Dictionary<string, (byte[] Tuple, long Stored)> _groups = [];
    private long _swept = time.GetTimestamp();

    public ValueTask SetSizeAsync(string groupId, int size, CancellationToken cancellationToken)
    {
        lock (_lock) ChordOf(groupId).Size = size;
        return ValueTask.CompletedTask;
    }

    public ValueTask AddMemberAsync(string groupId, string taskId, CancellationToken cancellationToken)
    {
        lock (_lock) ChordOf(groupId).Added.Add(taskId);
        return ValueTask.CompletedTask;
    }

    public ValueTask<ChordCount> CountAsync(string groupId, int? index, TaskResult part, string run, int leastSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(part);
        lock (_lock) return ValueTask.FromResult(Count(groupId, index, part, run, leastSize));
    }

    public ValueTask RemoveAsync(string groupId, CancellationToken cancellationToken)
    {
        lock (_lock) _chords.Remove(groupId);
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveGroupAsync(string groupId, ReadOnlyMemory<byte> tuple, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            RemoveExpired();
            _groups[groupId] = (tuple.ToArray(), time.GetTimestamp());
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>> GetGroupAsync(string groupId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            RemoveExpired();
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(_groups.TryGetValue(groupId, out var group) ? group.Tuple : null);
        }
    }

    private ChordCount Count(string groupId, int? index, TaskResult part, string run, int leastSize)
    {
        var chord = ChordOf(groupId);
        if (!chord.Parts.ContainsKey(part.TaskId)) chord.Parts.Add(part.TaskId, (index ?? int.MaxValue, MemoryResultBackend.Copy(part)));
        if (chord.Size < leastSize) chord.Size = leastSize;
        if (chord.Size + chord.Added.Count is not { } total || chord.Parts.Count < total) return ChordCount.None;
        if (chord.Sender is { } sender && sender.Total == total && sender != (part.TaskId, run, total))
        {
            if (sender.TaskId != part.TaskId) return ChordCount.None; // the message of that member comes again if its worker is lost
            if (time.GetElapsedTime(chord.Claimed) < Claim) return ChordCount.BeingEnded;
        }

        (chord.Sender, chord.Claimed) = ((part.TaskId, run, total), time.GetTimestamp());
        return new ChordCount([.. chord.Parts.Values.OrderBy(static counted => counted.Index).Select(static counted => counted.Part)]);
    }

    private Counted ChordOf(string groupId)
    {
        RemoveExpired();
        if (!_chords.TryGetValue(groupId, out var chord)) _chords[groupId] = chord = new Counted();
        chord.Touched = time.GetTimestamp();
        return chord;
    }

    // Looked through at most a thousand times while something is kept.
    private void RemoveExpired()
    {
        if (time.GetElapsedTime(_swept) < expiry / 1000) return;
        _swept = time.GetTimestamp();
        foreach (var (id, chord) in _chords) if (time.GetElapsedTime(chord.Touched) >= expiry) _chords.Remove(id);
        foreach (var (id, group) in _groups) if (time.GetElapsedTime(group.Stored) >= expiry) _groups.Remove(id);
    }

    private sealed class Counted
    {
        internal Dictionary<string, (int Index, TaskResult Part)> Parts { get; } = [];

        internal HashSet<string> Added { get; } = [];

        internal int? Size { get; set; }

        /// <summary>The run that sends the body, as long as the header does not grow.</summary>
        internal (string TaskId, string Run, int Total)? Sender { get; set; }

        internal long Claimed { get; set; }

        internal long Touched { get; set; }
    }
}
