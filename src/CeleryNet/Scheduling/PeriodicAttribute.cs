namespace CeleryNet;

/// <summary>
/// Sends a task again and again: <c>[Task("mail.digest"), Periodic("0 8 * * mon", Zone = "Europe/Berlin")]</c>, or <c>[Periodic(Every = "00:05:00")]</c>. Several may stand on one method. The hosts that
/// call <c>AddTasks()</c> and <c>AddBeat()</c> send it, one of them at a time; every parameter of the task needs a default, as nobody gives an argument.
/// </summary>
/// <remarks>
/// It is an entry of the beat as one that <c>AddBeat</c> adds, and what code or the configuration says of an entry of its name is stronger:
/// <c>TaskQueue:Beat:Entries:mail.digest:Cron</c> gives it another time, <c>…:Paused</c> stops it.
/// </remarks>
/// <param name="cron">
/// When it is due, as <see cref="Crontab.Parse(string, string?)"/> reads it: minute, hour, day of month, month, day of week, or six fields with the second first. <c>null</c> with <see cref="Every"/>.
/// </param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PeriodicAttribute(string? cron = null) : Attribute
{
    /// <summary>The cron expression; <c>null</c> when it is due by <see cref="Every"/>.</summary>
    public string? Cron { get; } = cron;

    /// <summary>IANA name of the zone in which the cron expression is read, such as <c>"Europe/Berlin"</c>. Default UTC.</summary>
    public string? Zone { get; set; }

    /// <summary>Instead of a cron expression the time from one run to the next, such as <c>"00:05:00"</c>, at least 1 millisecond; counted from the run before.</summary>
    public string? Every { get; set; }

    /// <summary>Name of the beat's entry. Default: the task's wire name; where several stand on one method, each but one needs its own.</summary>
    public string? Name { get; set; }

    /// <summary>Queue to send it to. Default: the task's.</summary>
    public string? Queue { get; set; }

    /// <summary>How long an unstarted run stays valid, counted from the sending, such as <c>"00:10:00"</c>. Default: as the task has it.</summary>
    public string? Expires { get; set; }

    /// <summary>What happens to missed moments. Default: the task is sent once, as by Celery.</summary>
    public MisfirePolicy Misfire { get; set; }

    /// <summary>How many missed moments <see cref="MisfirePolicy.CatchUp"/> makes up for. Default 100, from 1 to 10 000.</summary>
    public int CatchUpLimit { get; set; } = 100;

    /// <summary>How often it is sent in all. Default 0: for ever.</summary>
    public int MaxRuns { get; set; }

    /// <summary>Up to how much later than due it is sent, always the same for one moment, such as <c>"00:00:30"</c>; at most 1 day. Default: not later.</summary>
    public string? Jitter { get; set; }
}
