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
}
