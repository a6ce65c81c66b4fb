namespace CeleryNet.Messages;

/// <summary>The header names of a task message. Celery message protocol 2.</summary>
public static class TaskHeaders
{
    /// <summary>Language of the sender; informative.</summary>
    public const string Language = "lang";

    /// <summary>Name of the task. A message is protocol 2 exactly when this header is present.</summary>
    public const string TaskName = "task";

    /// <summary>Id of the task.</summary>
    public const string Id = "id";

    /// <summary>Name shown in logs and events instead of the task's own.</summary>
    public const string Shadow = "shadow";

    /// <summary>Earliest moment of execution, ISO 8601.</summary>
    public const string Eta = "eta";

    /// <summary>Moment after which the task is discarded, ISO 8601.</summary>
    public const string Expires = "expires";

    /// <summary>Id of the group the task belongs to.</summary>
    public const string Group = "group";

    /// <summary>Position in the group.</summary>
    public const string GroupIndex = "group_index";

    /// <summary>How often the task was retried so far.</summary>
    public const string Retries = "retries";

    /// <summary>Time limits: <c>[hard, soft]</c> in seconds, each may be null.</summary>
    public const string TimeLimit = "timelimit";

    /// <summary>Id of the first task of the workflow.</summary>
    public const string RootId = "root_id";

    /// <summary>Id of the task that sent this one.</summary>
    public const string ParentId = "parent_id";

    /// <summary>Positional arguments as Python's <c>repr</c> shows them.</summary>
    public const string ArgsRepr = "argsrepr";

    /// <summary>Keyword arguments as Python's <c>repr</c> shows them.</summary>
    public const string KwargsRepr = "kwargsrepr";

    /// <summary>Node name of the sender.</summary>
    public const string Origin = "origin";

    /// <summary>When true, no final state is stored.</summary>
    public const string IgnoreResult = "ignore_result";

    /// <summary>Depth of task replacement. Celery 5.3.5 and later.</summary>
    public const string ReplacedTaskNesting = "replaced_task_nesting";

    /// <summary>Names of the stamps. Celery 5.3 and later.</summary>
    public const string StampedHeaders = "stamped_headers";

    /// <summary>Stamps by name. Celery 5.3 and later.</summary>
    public const string Stamps = "stamps";

    /// <summary>Content type of the compressor; absent when the body is not compressed.</summary>
    public const string Compression = "compression";

    /// <summary>W3C trace context of the sender; ignored by Python workers.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>W3C trace state of the sender; ignored by Python workers.</summary>
    public const string TraceState = "tracestate";

    /// <summary>Name of the periodic task that was due; as django-celery-beat writes it.</summary>
    public const string PeriodicTaskName = "periodic_task_name";

    /// <summary>What the names of CeleryNet's own headers begin with. Python workers ignore them.</summary>
    public const string OwnPrefix = "celerynet_";

    /// <summary>The errors of former attempts: a bounded list of tables, oldest first.</summary>
    public const string Attempts = OwnPrefix + "attempts";

    /// <summary>How often the task was started without an end, as far as anybody knows; absent before the first redelivery.</summary>
    public const string Starts = OwnPrefix + "starts";

    /// <summary>Why and from where a message came to the dead letters: a table.</summary>
    public const string Death = OwnPrefix + "dead";

    /// <summary>Since when, in Unix seconds, workers without a handler for the task have been giving it back.</summary>
    public const string UnknownSince = OwnPrefix + "unknown_since";

    /// <summary>The key a unique task was sent under, how long it is kept and until when: a table.</summary>
    public const string UniqueKey = OwnPrefix + "unique";
}
