namespace CeleryNet.Signatures;

/// <summary>Names of a signature's options: the keyword arguments of Celery's <c>apply_async</c>.</summary>
internal static class OptionNames
{
    internal const string TaskId = "task_id";
    internal const string RootId = "root_id";
    internal const string ParentId = "parent_id";
    internal const string GroupId = "group_id";
    internal const string GroupIndex = "group_index";
    internal const string Chord = "chord";
    internal const string Chain = "chain";
    internal const string Link = "link";
    internal const string LinkError = "link_error";
    internal const string ReplyTo = "reply_to";
    internal const string Queue = "queue";
    internal const string Exchange = "exchange";
    internal const string RoutingKey = "routing_key";
    internal const string Priority = "priority";
    internal const string Eta = "eta";
    internal const string Countdown = "countdown";
    internal const string Expires = "expires";
    internal const string TimeLimit = "time_limit";
    internal const string SoftTimeLimit = "soft_time_limit";
    internal const string Shadow = "shadow";
    internal const string Headers = "headers";
    internal const string Retries = "retries";
    internal const string Serializer = "serializer";
    internal const string Compression = "compression";
    internal const string DeliveryMode = "delivery_mode";
    internal const string IgnoreResult = "ignore_result";
    internal const string AddToParent = "add_to_parent";
    internal const string Origin = "origin";
    internal const string ReplacedTaskNesting = "replaced_task_nesting";
    internal const string StampedHeaders = "stamped_headers";

    // Of apply_async and of kombu's publish; whatever else stands in the options of a signature becomes a property of Python's message.
    private static readonly HashSet<string> Known =
    [
        TaskId, RootId, ParentId, GroupId, GroupIndex, Chord, Chain, Link, LinkError, ReplyTo, Queue, Exchange, RoutingKey, Priority, Eta, Countdown, Expires, TimeLimit, SoftTimeLimit, Shadow,
        Headers, Retries, Serializer, Compression, DeliveryMode, IgnoreResult, AddToParent, Origin, ReplacedTaskNesting, StampedHeaders, "argsrepr", "kwargsrepr", "route_name", "mandatory",
        "immediate", "expiration", "retry", "retry_policy", "user_id", "correlation_id", "message_id", "timestamp", "content_type", "content_encoding", "declare", "max_retries", "interval", "use_link",
        "stamps", "task_type", "chord_size",
    ];

    internal static bool IsKnown(string name) => Known.Contains(name);
}
