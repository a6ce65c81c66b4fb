using CeleryNet.Client;
using CeleryNet.Scheduling;

namespace CeleryNet;

/// <summary>The beat of a host: its periodic tasks, and how it leads. Also read from the configuration section <c>TaskQueue:Beat</c>; code wins.</summary>
public sealed class BeatOptions
{
    /// <summary>Name of the beat. Beats of the same name on the same broker stand in for each other and share their schedule.</summary>
    /// <value>Default <c>beat</c>. 1 to 100 letters, digits and <c>. _ -</c>.</value>
    public string Name { get; set; } = "beat";

    /// <summary>After what time without a sign of life of the leading beat another one takes over.</summary>
    /// <value>Default 15 seconds, from 3 seconds to 10 minutes.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How late a moment of an entry with <see cref="MisfirePolicy.Skip"/> is still sent; later it is left out. When the leading beat dies between the moment and the send, the one that follows has this long
    /// to take over and send it, which needs <see cref="LeaseDuration"/>: below that, such a moment may be lost; above it only while no beat runs, or the broker is away.
    /// </summary>
    /// <value>Default <c>null</c>: twice the <see cref="LeaseDuration"/>, 30 seconds. Else from 1 second to 1 day.</value>
    public TimeSpan? MisfireThreshold { get; set; }

    /// <summary>How often a beat asks whether another host changed the schedule, and looks at the wall clock.</summary>
    /// <value>Default 1 second, from 50 milliseconds to 1 minute.</value>
    public TimeSpan ChangeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>File that keeps the schedule, instead of the broker. Beats on one machine may share it; beats on several machines need a store that all reach.</summary>
    /// <value>
    /// Default <c>null</c>: the broker keeps it (Redis, or RabbitMQ in queues <c>celerynet.schedule.*</c>), else the results where they can; with the in-memory broker the process; with another one
    /// <c>celerynet-beat.json</c> in the working directory.
    /// </value>
    public string? StateFile { get; set; }

    internal List<BeatEntry> Entries { get; } = [];

    internal TimeSpan LatestSend => MisfireThreshold ?? LeaseDuration * 2;

    /// <summary>Adds a periodic task: <c>beat.Add("digest", Crontab.Parse("0 8 * * mon", "Europe/Berlin"), DigestTasks.SendWeeklyTask())</c>.</summary>
    /// <param name="name">Name of the entry; a second one of the same name fails the start.</param>
    /// <param name="schedule">When it is due.</param>
    /// <param name="task">The call, with its options.</param>
    public BeatOptions Add(string name, ISchedule schedule, Signature task) => Add(new BeatEntry(name, schedule, task));

    /// <summary>Adds a periodic task that is known by its wire name only, such as one of a Python worker.</summary>
    /// <param name="name">Name of the entry; a second one of the same name fails the start.</param>
    /// <param name="schedule">When it is due.</param>
    /// <param name="taskName">Wire name of the task.</param>
    /// <param name="args">Positional arguments, written by their run-time types.</param>
    /// <param name="kwargs">Keyword arguments, written by their run-time types.</param>
    /// <param name="configure">Sets options of the call.</param>
    /// <exception cref="MessageFormatException">The name of the task cannot be used.</exception>
    public BeatOptions Add(
        string name, ISchedule schedule, string taskName, IReadOnlyList<object?>? args = null, IReadOnlyDictionary<string, object?>? kwargs = null, Action<CallOptions>? configure = null) =>
        Add(name, schedule, NamedCall.Of(taskName, args, kwargs, configure));

    /// <summary>Adds a periodic task with all its settings: <c>beat.Add(new BeatEntry("digest", schedule, task) { MaxRuns = 1 })</c>.</summary>
    /// <param name="entry">The entry; a second one of the same name fails the start.</param>
    public BeatOptions Add(BeatEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Entries.Add(entry);
        return this;
    }

    /// <summary>
    /// Adds the entries of Celery's <c>beat_schedule</c>, given as JSON: <c>{"sync": {"task": "proj.tasks.sync", "schedule": {"crontab": {"minute": "*/5"}}, "args": [1], "options": {"queue": "low"}}}</c>.
    /// An interval is a number of seconds or <c>{"minutes": 5}</c>; further schedules are <c>{"solar": {"event", "lat", "lon"}}</c> and <c>{"clocked": "2026-03-01T08:00:00Z"}</c>.
    /// </summary>
    /// <param name="beatSchedule">The JSON.</param>
    /// <param name="zone">IANA name of the zone of crontabs, Celery's <c>timezone</c>; <c>null</c> for UTC.</param>
    /// <exception cref="TaskQueueConfigurationException">Something cannot be read; the message names path, value and what is allowed.</exception>
    public BeatOptions Import(string beatSchedule, string? zone = null)
    {
        ArgumentNullException.ThrowIfNull(beatSchedule);
        Entries.AddRange(CelerySchedule.Read(beatSchedule, zone));
        return this;
    }

    internal IEnumerable<string> Validate()
    {
        if (Name.Length is 0 or > 100 || !Name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-'))
            yield return $"Beat:Name is '{Diagnostics.Printable.Limit(Name)}' but must be 1 to 100 letters, digits and . _ -.";
        if (LeaseDuration < TimeSpan.FromSeconds(3) || LeaseDuration > TimeSpan.FromMinutes(10)) yield return $"Beat:LeaseDuration is {LeaseDuration} but must be from 00:00:03 to 00:10:00.";
        if (MisfireThreshold < TimeSpan.FromSeconds(1) || MisfireThreshold > TimeSpan.FromDays(1)) yield return $"Beat:MisfireThreshold is {MisfireThreshold} but must be from 00:00:01 to 1.00:00:00.";
        if (ChangeInterval < TimeSpan.FromMilliseconds(50) || ChangeInterval > TimeSpan.FromMinutes(1)) yield return $"Beat:ChangeInterval is {ChangeInterval} but must be from 00:00:00.05 to 00:01:00.";
        if (StateFile is { } file && string.IsNullOrWhiteSpace(file)) yield return "Beat:StateFile is empty but must be a path.";
        foreach (var entry in Entries)
        {
            if (EntryCheck.ProblemOf(entry) is { } problem) yield return $"Beat:Entries:{Diagnostics.Printable.Limit(entry.Name)}: {problem}.";
        }

        foreach (var twice in Entries.GroupBy(entry => entry.Name).Where(group => group.Count() > 1)) yield return $"Beat:Entries:{Diagnostics.Printable.Limit(twice.Key)} is added {twice.Count()} times but its name must be its own.";
    }
}
