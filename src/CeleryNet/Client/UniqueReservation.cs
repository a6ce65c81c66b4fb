using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>What became of the question whether a unique task may be sent.</summary>
/// <param name="TaskId">Id of the task.</param>
/// <param name="Mark">Its key.</param>
/// <param name="Former">The task that had the key before; <c>null</c> when it was free.</param>
/// <param name="OnDuplicate">What happens then.</param>
internal sealed record UniqueReservation(string TaskId, UniqueMark Mark, string? Former, DuplicatePolicy OnDuplicate)
{
    /// <summary>True when the task is not to be sent.</summary>
    internal bool IsDuplicate => Former is not null && OnDuplicate != DuplicatePolicy.Replace;

    /// <summary>True when the task has the key from an earlier attempt to send it.</summary>
    internal bool IsOwn => Former == TaskId;

    /// <summary>The task whose key was taken; <c>null</c> when none was.</summary>
    internal string? Replaced => OnDuplicate == DuplicatePolicy.Replace && !IsOwn ? Former : null;
}
