namespace CeleryNet;

/// <summary>A periodic task: what is sent when. Immutable; <see cref="IBeatSchedule.ChangeAsync"/> takes a changed copy.</summary>
/// <param name="Name">Its name, which tells it from all others of the beat: 1 to 200 characters.</param>
/// <param name="Schedule">When it is due.</param>
/// <param name="Task">The call to send, with its options: <c>DigestTasks.SendWeeklyTask().With(options => options.Queue = "mail")</c>. A duration such as <c>Expires</c> counts from the sending.</param>
public sealed record BeatEntry(string Name, ISchedule Schedule, Signature Task)
{
    /// <summary>What happens to missed moments.</summary>
    /// <value>Default <see cref="MisfirePolicy.RunOnce"/>.</value>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.RunOnce;

    /// <summary>How many missed moments <see cref="MisfirePolicy.CatchUp"/> makes up for; older ones are left out.</summary>
    /// <value>Default 100, from 1 to 10 000.</value>
    public int CatchUpLimit { get; init; } = 100;

    /// <summary>How often it is sent in all; <c>null</c> for ever. 1 for a task that runs once.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>It is not due before this moment.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>It is not due after this moment.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Up to how much later than due it is sent, so that many tasks of one moment do not come at once. Always the same for the same entry and moment.</summary>
    /// <value>Default zero. It should be shorter than the time between two runs; at most 1 day.</value>
    public TimeSpan Jitter { get; init; }

    /// <summary>True: it is not sent, and what is due meanwhile does not count as missed.</summary>
    public bool IsPaused { get; init; }
}
