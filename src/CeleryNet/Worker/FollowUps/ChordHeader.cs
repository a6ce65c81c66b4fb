using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Signatures;

namespace CeleryNet.Worker.FollowUps;

/// <summary>A header whose structure was kept because there are groups in it, and how its tasks ended.</summary>
/// <param name="structure">The kept structure, whose leaves are the tasks.</param>
internal sealed class ChordHeader(ResultNode structure)
{
    private readonly Dictionary<string, TaskResult> _ends = [];
    private readonly List<string> _ids = [.. ChordJoin.Leaves(structure).Distinct()];

    /// <summary>How many tasks it has.</summary>
    internal int Size => _ids.Count;

    /// <summary>The tasks of which no end is known.</summary>
    internal IEnumerable<string> Missing => _ids.Where(id => !_ends.ContainsKey(id));

    /// <summary>True when all its tasks have ended.</summary>
    internal bool IsComplete => !Missing.Any();

    /// <summary>Adds ends of tasks.</summary>
    internal void Add(IEnumerable<TaskResult> parts)
    {
        foreach (var part in parts) _ends.TryAdd(part.TaskId, part);
    }

    /// <summary>The values in the structure, as JSON.</summary>
    /// <exception cref="MessageFormatException">A task did not end, or not well.</exception>
    internal ReadOnlyMemory<byte> Join()
    {
        var values = new Dictionary<string, ReadOnlyMemory<byte>>(_ids.Count);
        foreach (var id in _ids)
        {
            if (!_ends.TryGetValue(id, out var end) || end.State != TaskStates.Success) throw new MessageFormatException(ErrorCodes.BadMessage, $"the result of {id} is not there");
            values[id] = end.Value;
        }

        return ChordJoin.Nested(structure, values);
    }
}
