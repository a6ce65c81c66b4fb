namespace CeleryNet;

/// <summary>
/// Makes a method a task. The source generator emits its handler, its registration in <c>AddTasks()</c> and the typed call <c>Class.MethodTask(…)</c>.
/// On a method of a <see cref="RemoteTasksAttribute"/> interface it names a task that another worker implements.
/// </summary>
/// <param name="name">
/// Wire name, case-sensitive, such as <c>images.resize</c>. Python calls the task by it; renaming it breaks queued messages. When omitted: namespace and class, then the
/// method without <c>Async</c>, joined by dots.
/// </param>
/// <remarks>Every value may be overridden by configuration under <c>TaskQueue:Tasks:{name}</c>, and most per call.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TaskAttribute(string? name = null) : Attribute
{
    /// <summary>Wire name; <c>null</c> for the default one.</summary>
    public string? Name { get; } = name;

    /// <summary>Queue the task is sent to. Default: what the routes say, else the default queue.</summary>
    public string? Queue { get; set; }

    /// <summary>Priority the task is sent with. Default 0. The number is the wire's: on RabbitMQ higher is sooner, on Redis lower is.</summary>
    public int Priority { get; set; }

    /// <summary>True: no final state is stored and nobody can ask for the result. Default false.</summary>
    public bool IgnoreResult { get; set; }

    /// <summary>True: state STARTED is stored when the task begins. Default false, as in Celery.</summary>
    public bool TrackStarted { get; set; }

    /// <summary>True: acknowledged before it runs, so it never runs twice and is lost when its worker dies. Default false: acknowledged after its result is stored.</summary>
    public bool AckEarly { get; set; }

    /// <summary>How long an unstarted task stays valid, such as <c>"00:10:00"</c>. Default: for ever.</summary>
    public string? Expires { get; set; }

    /// <summary>Hard time limit, such as <c>"00:05:00"</c>. Default: none.</summary>
    public string? TimeLimit { get; set; }

    /// <summary>Soft time limit, after which the task's token is cancelled. Default: none.</summary>
    public string? SoftTimeLimit { get; set; }

    /// <summary>
    /// How many times the task is retried; -1 for any number. Setting it makes every exception (or those of <see cref="RetryFor"/>) retry, except one for arguments that do not fit. Default:
    /// an exception fails the task, as in Celery, and <see cref="TaskContext.Retry(TimeSpan?, Exception?, int?)"/> retries 3 times.
    /// </summary>
    public int MaxRetries { get; set; }

    /// <summary>How long a retry waits, such as <c>"00:00:30"</c>; with <see cref="RetryBackoff"/> the first step of it. Default 3 minutes, as Celery's; 1 second with backoff.</summary>
    public string? RetryDelay { get; set; }

    /// <summary>True: retries wait longer each time: <see cref="RetryDelay"/> × 2 to the power of the retries so far. Default false.</summary>
    public bool RetryBackoff { get; set; }

    /// <summary>The longest wait of a backoff, such as <c>"00:30:00"</c>. Default 10 minutes, as Celery's.</summary>
    public string? RetryBackoffMax { get; set; }

    /// <summary>True (default): a backoff waits a random time from zero to what it would wait otherwise, so that tasks that failed together do not come back together.</summary>
    public bool RetryJitter { get; set; } = true;

    /// <summary>Exceptions that retry, with those derived from them. Default all, where <see cref="MaxRetries"/> is set; without it they retry 3 times.</summary>
    public Type[]? RetryFor { get; set; }

    /// <summary>Exceptions that never retry by themselves, with those derived from them.</summary>
    public Type[]? NoRetryFor { get; set; }

    /// <summary>
    /// How many times the task is started before it is given up as one that kills its worker: it then fails and goes to the dead letters. 0 for any number. Default: the worker's setting, 5.
    /// Its last start runs alone in its worker (waiting for the others, and they for it, 30 seconds at most), so that no task is given up for what ran beside it.
    /// </summary>
    public int MaxDeliveries { get; set; }

    /// <summary>
    /// False: a task whose worker died while it ran fails with <c>WorkerLostError</c> instead of running again, as Celery's default is. The worker finds that out by the state STARTED, which
    /// it then stores before each run; results over rpc cannot be asked, so there it runs again. Default true.
    /// </summary>
    public bool RejectOnWorkerLost { get; set; } = true;

    /// <summary>True: a task that failed for good is also kept with the dead letters of its queue, to be looked at and replayed. Default false: its failure is its result.</summary>
    public bool DeadLetterFailures { get; set; }

    /// <summary>True: errors are stored although results are ignored; Celery's <c>store_errors_even_if_ignored</c>. Default false.</summary>
    public bool StoreErrors { get; set; }

    /// <summary>
    /// How often each worker starts the task, evenly spaced: <c>"10/s"</c>, <c>"100/m"</c>, <c>"5/h"</c>, or a number of starts per second; Celery's <c>rate_limit</c>. Tasks that wait block no
    /// others. May be changed at run time by remote control. A limit over all workers is <see cref="RateLimitAttribute"/>. Default: none.
    /// </summary>
    public string? RateLimit { get; set; }

    /// <summary>
    /// True: before each start the worker asks the result store, and a message whose id has a final state is acknowledged without running, so that a repeated send does no work twice. Costs
    /// one question per start; needs a result store that workers can ask, and results that are not ignored. Default false.
    /// </summary>
    public bool SkipFinished { get; set; }
}
