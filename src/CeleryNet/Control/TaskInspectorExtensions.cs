using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet;

/// <summary>
/// The questions of Celery's <c>inspect</c>. Each returns the replies that came in time by node name; a worker that could not answer says so in <see cref="WorkerReply{T}.Error"/>.
/// </summary>
public static class TaskInspectorExtensions
{
    /// <summary>Who is there: the node names of the workers that replied, sorted.</summary>
    /// <param name="inspector">Asks.</param>
    /// <param name="options">Who is asked, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task<IReadOnlyList<string>> PingAsync(this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inspector);
        var replies = await inspector.AskAsync("ping", null, options, cancellationToken).ConfigureAwait(false);
        return [.. replies.Where(reply => reply.Value.IsOk).Select(reply => reply.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>Numbers about each worker.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<WorkerStatistics>>> StatisticsAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "stats", null, ReplyReader.Statistics, options, cancellationToken);

    /// <summary>What runs.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<TaskInfo>>>> ActiveAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "active", null, static reply => ReplyReader.List(reply, ReplyReader.Task), options, cancellationToken);

    /// <summary>What workers have taken and not begun, without what waits for its eta.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<TaskInfo>>>> ReservedAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "reserved", null, static reply => ReplyReader.List(reply, ReplyReader.Task), options, cancellationToken);

    /// <summary>What waits in workers for its eta. C# workers leave what is due later than soon to the broker; that is not shown.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<ScheduledTaskInfo>>>> ScheduledAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "scheduled", null, static reply => ReplyReader.List(reply, ReplyReader.Scheduled), options, cancellationToken);

    /// <summary>Where tasks are; those that no worker has in its hands are missing.</summary>
    /// <param name="inspector">Asks.</param>
    /// <param name="taskIds">Ids of the tasks.</param>
    /// <param name="options">Who is asked, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyDictionary<string, QueriedTaskInfo>>>> QueryAsync(
        this ITaskInspector inspector, IReadOnlyCollection<string> taskIds, ControlOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(taskIds);
        return AskAsync(inspector, "query_task", Ids, ReplyReader.Queried, options, cancellationToken);

        void Ids(Utf8JsonWriter arguments)
        {
            arguments.WritePropertyName("ids"u8);
            arguments.WriteTexts(taskIds);
        }
    }

    /// <summary>Ids of the tasks that workers know to be revoked.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<string>>>> RevokedAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "revoked", null, static reply => ReplyReader.List(reply, ReplyReader.TextOf), options, cancellationToken);

    /// <summary>Wire names of the tasks that workers can run, each followed by what was asked for, such as <c>orders.bill [rate_limit=10/m]</c>.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<string>>>> RegisteredAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "registered", null, static reply => ReplyReader.List(reply, ReplyReader.TextOf), options, cancellationToken);

    /// <summary>The queues that workers consume.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyList<ActiveQueue>>>> QueuesAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "active_queues", null, static reply => ReplyReader.List(reply, ReplyReader.Queue), options, cancellationToken);

    /// <summary>Settings of the workers by Celery's names; passwords are masked.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<IReadOnlyDictionary<string, JsonElement>>>> ConfigurationAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync<IReadOnlyDictionary<string, JsonElement>>(
            inspector, "conf", null, static reply => reply.EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value), options, cancellationToken);

    /// <summary>What a report of an error should say about the workers.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<string>>> ReportAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "report", null, static reply => ReplyReader.TextOf(reply.GetProperty("ok"u8)), options, cancellationToken);

    /// <summary>The logical clocks of the workers.</summary>
    /// <inheritdoc cref="PingAsync"/>
    public static Task<IReadOnlyDictionary<string, WorkerReply<long>>> ClockAsync(
        this ITaskInspector inspector, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        AskAsync(inspector, "clock", null, static reply => reply.GetProperty("clock"u8).GetInt64(), options, cancellationToken);

    private static async Task<IReadOnlyDictionary<string, WorkerReply<T>>> AskAsync<T>(
        ITaskInspector inspector, string question, Action<Utf8JsonWriter>? arguments, Func<JsonElement, T> read, ControlOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inspector);
        return ReplyReader.Read(await inspector.AskAsync(question, arguments, options, cancellationToken).ConfigureAwait(false), read);
    }
}
