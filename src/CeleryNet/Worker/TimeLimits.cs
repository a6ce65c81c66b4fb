using CeleryNet.Messages;
using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>How long one run may take. Follows Celery message protocol 2, header <c>timelimit</c>: <c>[hard, soft]</c> in seconds.</summary>
/// <param name="Hard">After this the task has failed, whatever it does; <c>null</c> for no limit.</param>
/// <param name="Soft">After this its token is cancelled; <c>null</c> for no limit.</param>
internal readonly record struct TimeLimits(TimeSpan? Hard, TimeSpan? Soft)
{
    internal bool IsNone => Hard is null && Soft is null;

    /// <summary>The limits of a run: those of its message, where it has none those set at run time, where there are none those of its policy. Zero is none, as in Celery.</summary>
    internal static TimeLimits Of(TaskMessage message, TaskPolicy policy, TimeLimitTable table)
    {
        var own = table.Find(message.TaskName!) ?? new TimeLimits(policy.TimeLimit, policy.SoftTimeLimit); // read, so it has a name
        var hard = Positive(message.TimeLimit) ?? Positive(own.Hard);
        var soft = Positive(message.SoftTimeLimit) ?? Positive(own.Soft);
        return new TimeLimits(hard, soft < hard || hard is null ? soft : null); // a soft limit at or behind the hard one never comes
    }

    private static TimeSpan? Positive(TimeSpan? limit) => limit > TimeSpan.Zero ? limit : null;
}
