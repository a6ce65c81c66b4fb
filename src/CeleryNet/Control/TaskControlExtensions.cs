using System.Text.Json;

namespace CeleryNet;

/// <summary>The commands of Celery's <c>control</c>. Each returns the replies that came in time by node name; a worker that refused says so in <see cref="ControlReply.Error"/>.</summary>
public static class TaskControlExtensions
{
    /// <summary>Limits how often each worker starts a task.</summary>
    /// <param name="control">Remote control.</param>
    /// <param name="taskName">Wire name of the task.</param>
    /// <param name="rateLimit">Such as <c>10/s</c>, <c>100/m</c> or <c>1000/h</c>; <c>null</c> or <c>0</c> for no limit.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    public static Task<IReadOnlyDictionary<string, ControlReply>> SetRateLimitAsync(
        this ITaskControl control, string taskName, string? rateLimit, ControlOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        return Ask(control, "rate_limit", options, cancellationToken, arguments =>
        {
            arguments.WriteString("task_name"u8, taskName);
            arguments.WriteString("rate_limit"u8, rateLimit);
        });
    }

    /// <summary>Sets both time limits of a task; <c>null</c> is none. Runs that have begun keep theirs.</summary>
    /// <inheritdoc cref="SetRateLimitAsync"/>
    public static Task<IReadOnlyDictionary<string, ControlReply>> SetTimeLimitAsync(
        this ITaskControl control, string taskName, TimeSpan? hard, TimeSpan? soft = null, ControlOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskName);
        return Ask(control, "time_limit", options, cancellationToken, arguments =>
        {
            arguments.WriteString("task_name"u8, taskName);
            WriteSeconds(arguments, "hard", hard);
            WriteSeconds(arguments, "soft", soft);
        });
    }

    /// <summary>Lets workers run more tasks at once.</summary>
    /// <param name="control">Remote control.</param>
    /// <param name="count">How many more.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    public static Task<IReadOnlyDictionary<string, ControlReply>> GrowPoolAsync(
        this ITaskControl control, int count = 1, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        Ask(control, "pool_grow", options, cancellationToken, Positive(count));

    /// <summary>Lets workers run fewer tasks at once; what runs goes on to its end.</summary>
    /// <inheritdoc cref="GrowPoolAsync"/>
    public static Task<IReadOnlyDictionary<string, ControlReply>> ShrinkPoolAsync(
        this ITaskControl control, int count = 1, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        Ask(control, "pool_shrink", options, cancellationToken, Positive(count));

    /// <summary>Changes between how many and how many tasks at once workers scale by themselves, where they do.</summary>
    /// <param name="control">Remote control.</param>
    /// <param name="max">Most.</param>
    /// <param name="min">Fewest.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    public static Task<IReadOnlyDictionary<string, ControlReply>> AutoscaleAsync(
        this ITaskControl control, int max, int min, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        Ask(control, "autoscale", options, cancellationToken, arguments =>
        {
            arguments.WriteNumber("max"u8, max);
            arguments.WriteNumber("min"u8, min);
        });

    /// <summary>Lets workers consume one more queue.</summary>
    /// <param name="control">Remote control.</param>
    /// <param name="queue">Name of the queue.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    public static Task<IReadOnlyDictionary<string, ControlReply>> AddConsumerAsync(
        this ITaskControl control, string queue, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        Ask(control, "add_consumer", options, cancellationToken, Queue(queue));

    /// <summary>Lets workers consume a queue no more.</summary>
    /// <inheritdoc cref="AddConsumerAsync"/>
    public static Task<IReadOnlyDictionary<string, ControlReply>> CancelConsumerAsync(
        this ITaskControl control, string queue, ControlOptions? options = null, CancellationToken cancellationToken = default) =>
        Ask(control, "cancel_consumer", options, cancellationToken, Queue(queue));

    /// <summary>Lets workers send events of tasks.</summary>
    /// <param name="control">Remote control.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    public static Task<IReadOnlyDictionary<string, ControlReply>> EnableEventsAsync(
        this ITaskControl control, ControlOptions? options = null, CancellationToken cancellationToken = default) => Ask(control, "enable_events", options, cancellationToken);

    /// <summary>Lets workers send no events of tasks any more.</summary>
    /// <inheritdoc cref="EnableEventsAsync"/>
    public static Task<IReadOnlyDictionary<string, ControlReply>> DisableEventsAsync(
        this ITaskControl control, ControlOptions? options = null, CancellationToken cancellationToken = default) => Ask(control, "disable_events", options, cancellationToken);

    /// <summary>Lets workers send a heartbeat event at once.</summary>
    /// <inheritdoc cref="EnableEventsAsync"/>
    public static Task<IReadOnlyDictionary<string, ControlReply>> HeartbeatAsync(
        this ITaskControl control, ControlOptions? options = null, CancellationToken cancellationToken = default) => Ask(control, "heartbeat", options, cancellationToken);

    /// <summary>Stops workers in order, and with them their processes. They do not reply; returns when the broker has the request.</summary>
    /// <inheritdoc cref="EnableEventsAsync"/>
    public static Task ShutdownAsync(this ITaskControl control, ControlOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(control);
        return control.SendAsync("shutdown", null, options, cancellationToken);
    }

    private static Task<IReadOnlyDictionary<string, ControlReply>> Ask(
        ITaskControl control, string command, ControlOptions? options, CancellationToken cancellationToken, Action<Utf8JsonWriter>? arguments = null)
    {
        ArgumentNullException.ThrowIfNull(control);
        return control.AskAsync(command, arguments, options, cancellationToken);
    }

    private static Action<Utf8JsonWriter> Positive(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return arguments => arguments.WriteNumber("n"u8, count);
    }

    private static Action<Utf8JsonWriter> Queue(string queue)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return arguments => arguments.WriteString("queue"u8, queue);
    }

    private static void WriteSeconds(Utf8JsonWriter arguments, string name, TimeSpan? limit)
    {
        if (limit is { } value) arguments.WriteNumber(name, value.TotalSeconds);
        else arguments.WriteNull(name);
    }
}
