using CeleryNet.Tasks;

namespace CeleryNet.Scheduling;

/// <summary>What <see cref="PeriodicAttribute"/> says, as generated code passes it on.</summary>
/// <param name="Task">The task.</param>
public sealed record PeriodicTask(TaskDefinition Task)
{
    /// <summary>Name of the entry; <c>null</c> for the task's wire name.</summary>
    public string? Name { get; init; }

    /// <summary>The cron expression; <c>null</c> when it is due by <see cref="Every"/>.</summary>
    public string? Cron { get; init; }

    /// <summary>Zone of the cron expression; <c>null</c> for UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>Time from one run to the next; <c>null</c> with a cron expression.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Queue to send it to; <c>null</c> for the task's.</summary>
    public string? Queue { get; init; }

    /// <summary>How long an unstarted run stays valid; <c>null</c> as the task has it.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>What happens to missed moments.</summary>
    public MisfirePolicy Misfire { get; init; }

    /// <summary>How many missed moments are made up for.</summary>
    public int CatchUpLimit { get; init; } = 100;

    /// <summary>How often it is sent in all; <c>null</c> for ever.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>Up to how much later than due it is sent.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The entry of the beat.</summary>
    /// <exception cref="TaskQueueConfigurationException">The expression cannot be read, there is no such zone on this machine, or it has neither or both of expression and interval.</exception>
    internal BeatEntry ToEntry() => new(Name ?? Task.Name, ToSchedule(), new Signature(Task, TaskArguments.None, new CallOptions { Queue = Queue, Expires = Expires }))
    {
        Misfire = Misfire,
        CatchUpLimit = CatchUpLimit,
        MaxRuns = MaxRuns,
        Jitter = Jitter,
    };

    private ISchedule ToSchedule() => (Cron, Every) switch
    {
        ({ } cron, null) => Crontab.Parse(cron, Zone),
        (null, { } every) when every >= Schedule.ShortestInterval => Schedule.Every(every),
        _ => throw new TaskQueueConfigurationException(Diagnostics.ErrorCodes.InvalidConfiguration, "It must have a cron expression or an interval of at least 1 millisecond, and not both."),
    };
}
