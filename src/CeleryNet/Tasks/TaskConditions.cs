using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>Reads the parts of keys from the arguments of a message.</summary>
/// <param name="body">The task's body.</param>
/// <param name="options">Limits and metadata.</param>
/// <returns>The parts for each of <see cref="TaskConditions.Limits"/> in order, then those for <see cref="TaskConditions.Unique"/> where there is one.</returns>
/// <exception cref="TaskArgumentException">The arguments do not fit the task.</exception>
public delegate IReadOnlyList<string> TaskKeyReader(in TaskBody body, WireOptions options);

/// <summary>What has to be so before a task is sent or starts, as its attributes beside <see cref="TaskAttribute"/> say. Made by generated code.</summary>
public sealed class TaskConditions
{
    private readonly TaskKeyReader _keys;

    /// <summary>Creates the conditions.</summary>
    /// <param name="keys">Reads their keys.</param>
    public TaskConditions(TaskKeyReader keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = keys;
    }

    /// <summary>Limits over all workers; all of them have to allow a start.</summary>
    public IReadOnlyList<TaskLimit> Limits { get; init; } = [];

    /// <summary>How the task is unique; <c>null</c> when it is not.</summary>
    public UniqueRule? Unique { get; init; }

    /// <summary>The parts of its keys that come from the arguments of a message: one for each limit, then that of the uniqueness.</summary>
    /// <exception cref="TaskArgumentException">The arguments do not fit the task.</exception>
    public IReadOnlyList<string> ReadKeys(in TaskBody body, WireOptions options) => _keys(body, options);

    /// <summary>The keys under which the limits count, in their order.</summary>
    /// <exception cref="TaskArgumentException">The arguments do not fit the task.</exception>
    internal IReadOnlyList<string> LimitKeysOf(string task, in TaskBody body, WireOptions options)
    {
        var parts = _keys(body, options);
        return [.. Limits.Select((limit, index) => TaskKey.Of(limit.Name ?? task, parts[index]))];
    }

    /// <summary>The key that may be there once.</summary>
    /// <exception cref="TaskArgumentException">The arguments do not fit the task.</exception>
    internal string UniqueKeyOf(string task, in TaskBody body, WireOptions options) => TaskKey.Of(Unique!.Name ?? task, _keys(body, options)[^1]); // asked only where it is set
}
