namespace CeleryNet.Events;

/// <summary>Makes the record of each type of event, with the fields that only it has.</summary>
internal static class EventRecords
{
    internal static ClusterEvent Make(string type, FieldReader fields)
    {
        if (type.StartsWith(EventTypes.WorkerGroup, StringComparison.Ordinal)) return OfWorker(type, fields);
        return type.StartsWith(EventTypes.TaskGroup, StringComparison.Ordinal) && fields.Text(EventFields.TaskId) is { Length: > 0 } id
            ? OfTask(type, id, fields)
            : new ClusterEvent { Type = type };
    }

    private static WorkerEvent OfWorker(string type, FieldReader fields)
    {
        WorkerEvent made = type switch
        {
            EventTypes.WorkerOnline => new WorkerOnlineEvent { Type = type },
            EventTypes.WorkerHeartbeat => new WorkerHeartbeatEvent { Type = type },
            EventTypes.WorkerOffline => new WorkerOfflineEvent { Type = type },
            _ => new WorkerEvent { Type = type },
        };
        return made with
        {
            Interval = fields.Duration("freq"),
            Active = fields.SmallInteger("active"),
            Processed = fields.Integer("processed"),
            LoadAverage = fields.Numbers("loadavg"),
            Software = fields.Text("sw_ident"),
            SoftwareVersion = fields.Text("sw_ver"),
            System = fields.Text("sw_sys"),
        };
    }

    private static TaskEvent OfTask(string type, string id, FieldReader fields) => type switch
    {
        EventTypes.TaskSent => Described(
            new TaskSentEvent { Type = type, TaskId = id, Queue = fields.Text("queue"), Exchange = fields.Text("exchange"), RoutingKey = fields.Text("routing_key") }, fields),
        EventTypes.TaskReceived => Described(new TaskReceivedEvent { Type = type, TaskId = id }, fields),
        EventTypes.TaskStarted => new TaskStartedEvent { Type = type, TaskId = id },
        EventTypes.TaskSucceeded => new TaskSucceededEvent { Type = type, TaskId = id, Result = fields.Text("result"), Runtime = fields.Duration("runtime") },
        EventTypes.TaskFailed => new TaskFailedEvent { Type = type, TaskId = id, Exception = fields.Text("exception"), Traceback = fields.Text("traceback") },
        EventTypes.TaskRetried => new TaskRetriedEvent { Type = type, TaskId = id, Exception = fields.Text("exception"), Traceback = fields.Text("traceback") },
        EventTypes.TaskRejected => new TaskRejectedEvent { Type = type, TaskId = id, IsRequeued = fields.Boolean("requeue") },
        EventTypes.TaskRevoked => new TaskRevokedEvent { Type = type, TaskId = id, IsTerminated = fields.Boolean("terminated"), IsExpired = fields.Boolean("expired") },
        _ => new TaskEvent { Type = type, TaskId = id },
    };

    private static TaskDescriptionEvent Described(TaskDescriptionEvent made, FieldReader fields) => made with
    {
        Name = fields.Text("name"),
        Args = fields.Text("args"),
        Kwargs = fields.Text("kwargs"),
        RootId = fields.Text("root_id"),
        ParentId = fields.Text("parent_id"),
        Retries = fields.SmallInteger("retries"),
        Eta = fields.Date("eta"),
        Expires = fields.Date("expires"),
    };
}
