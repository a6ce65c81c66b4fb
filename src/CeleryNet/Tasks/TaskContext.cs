using System.Diagnostics.CodeAnalysis;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet;

/// <summary>What a running task can know about itself. Injected into any <c>[Task]</c> method that has a parameter of this type; never travels.</summary>
public sealed class TaskContext
{
    private readonly TaskMessage _message;
    private Tasks.TaskChildren? _children; // null until it sends something

    /// <summary>Creates the context of one run.</summary>
    /// <param name="message">The task's message.</param>
    /// <param name="queue">Queue it was taken from.</param>
    /// <param name="nodeName">Node name of the worker.</param>
    /// <param name="isRedelivered">True when the broker handed it out before.</param>
    /// <param name="cancellation">Source of the task's own token.</param>
    public TaskContext(TaskMessage message, string queue, string nodeName, bool isRedelivered, Tasks.TaskCancellation cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(cancellation);
        _message = message;
        Queue = queue;
        NodeName = nodeName;
        IsRedelivered = isRedelivered;
        Cancellation = cancellation;
    }

    /// <summary>Id of the task.</summary>
    public string Id => _message.Id ?? "";

    /// <summary>Wire name of the task.</summary>
    public string Name => _message.TaskName ?? "";

    /// <summary>How often it was retried so far; 0 in the first attempt.</summary>
    public int Retries => _message.Retries;

    /// <summary>
    /// The former attempts that failed, oldest first: at most the last 10, with their errors. Kept in a header of the message, so only retries by CeleryNet workers are known; empty in the first
    /// attempt.
    /// </summary>
    public IReadOnlyList<TaskAttempt> Attempts => field ??= Tasks.AttemptHistory.Read(_message);

    /// <summary>Id of the first task of the workflow; its own id when it is the first.</summary>
    public string RootId => _message.RootId ?? Id;

    /// <summary>Id of the task that sent this one; <c>null</c> when a client did.</summary>
    public string? ParentId => _message.ParentId;

    /// <summary>Id of the group it belongs to; <c>null</c> when none.</summary>
    public string? GroupId => _message.GroupId;

    /// <summary>Queue it was taken from.</summary>
    public string Queue { get; }

    /// <summary>Node name of the worker, such as <c>celery@host</c>.</summary>
    public string NodeName { get; }

    /// <summary>True when the broker handed it out before: it may have run already, wholly or in part.</summary>
    public bool IsRedelivered { get; }

    /// <summary>The moment before which it was not to run; <c>null</c> when it was due at once.</summary>
    public DateTimeOffset? Eta => _message.Eta;

    /// <summary>The moment after which it would have been discarded.</summary>
    public DateTimeOffset? Expires => _message.Expires;

    /// <summary>Priority it was sent with.</summary>
    public int Priority => _message.Priority;

    /// <summary>Node name of the sender.</summary>
    public string? Origin => _message.Origin;

    /// <summary>Headers of the message beyond Celery's own; values as <see cref="TaskMessage.CustomHeaders"/> says.</summary>
    public IReadOnlyDictionary<string, object?> Headers => _message.CustomHeaders ?? NoHeaders;

    /// <summary>Cancelled when the task shall end early; <see cref="CancelReason"/> says why. The same token as an injected <see cref="System.Threading.CancellationToken"/>.</summary>
    public CancellationToken CancellationToken => Cancellation.Token;

    /// <summary>Why <see cref="CancellationToken"/> was cancelled; <see cref="TaskCancelReason.None"/> while it is not.</summary>
    public TaskCancelReason CancelReason => Cancellation.Reason;

    internal Tasks.TaskCancellation Cancellation { get; }

    /// <summary>What it may do to its workflow; <c>null</c> outside of a worker.</summary>
    internal Tasks.ITaskCanvas? OwnCanvas => Reporting as Tasks.ITaskCanvas;

    /// <summary>The result tuples of what it has sent, a JSON list; empty for nothing.</summary>
    internal ReadOnlyMemory<byte> Children => Volatile.Read(ref _children)?.ToJson() ?? default;

    /// <summary>Takes the task's own events; <c>null</c> outside of a worker.</summary>
    internal Tasks.ITaskEvents? Events { get; init; }

    /// <summary>Makes the reporter; <c>null</c> outside of a worker.</summary>
    internal Tasks.ITaskReporting? Reporting { get; init; }

    /// <summary>Runs the task again later under its id: <c>throw context.Retry(TimeSpan.FromSeconds(30), error);</c> Celery's <c>self.retry</c>.</summary>
    /// <param name="countdown">After what time; <c>null</c> for the delay of the task's settings, by default 3 minutes.</param>
    /// <param name="error">What went wrong; the state RETRY shows it, and it is the task's error when no retry is left. Without it that is <c>MaxRetriesExceededError</c>.</param>
    /// <param name="maxRetries">How many retries are allowed, instead of the task's own setting (by default 3); -1 for any number.</param>
    /// <returns>The exception to throw.</returns>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Celery's self.retry: asked of the running task.")]
    public TaskOutcomeException Retry(TimeSpan? countdown = null, Exception? error = null, int? maxRetries = null) => new(TaskOutcome.Retry(countdown, error, maxRetries));

    /// <summary>Runs the task again at a moment.</summary>
    /// <inheritdoc cref="Retry(TimeSpan?, Exception?, int?)"/>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Celery's self.retry: asked of the running task.")]
    public TaskOutcomeException RetryAt(DateTimeOffset eta, Exception? error = null, int? maxRetries = null) => new(TaskOutcome.RetryAt(eta, error, maxRetries));

    /// <summary>
    /// Sends an event of the task's own to monitors: Celery's <c>self.send_event("task-progress", done=7)</c>. It carries the task's id, and goes out whether or not the worker sends events about
    /// tasks. Does nothing outside of a worker, and on brokers that carry no events.
    /// </summary>
    /// <param name="type">
    /// Type, such as <c>task-progress</c>; at most 255 bytes, no blanks. <see cref="Events.ClusterState"/> and Python's monitors take what follows <c>task-</c> for a state of the task.
    /// </param>
    /// <param name="fields">Fields by name; values of any type that a task's arguments can have.</param>
    /// <returns>Ends at once: the worker sends it in the background, and keeps it for a while when the broker is away. It never fails the task.</returns>
    /// <exception cref="ArgumentException">The type is no such text, or a field has a name that every event has by itself, such as <c>uuid</c> or <c>timestamp</c>.</exception>
    /// <exception cref="MessageFormatException">A field cannot be written.</exception>
    public Task SendEventAsync(string type, IReadOnlyDictionary<string, object?>? fields = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (type.Any(char.IsWhiteSpace) || System.Text.Encoding.UTF8.GetByteCount(type) > 255) throw new ArgumentException("The type of an event has at most 255 bytes and no blanks.", nameof(type));
        Events?.Send(Id, type, fields);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Stores a custom state with data: Celery's <c>self.update_state(state, meta)</c>. Python sees it by <c>AsyncResult.state</c> and <c>.info</c>, C# by <see cref="TaskHandle.WatchAsync"/> and
    /// <see cref="TaskHandle.GetSnapshotAsync"/>. At most one report is stored per <c>Worker.ReportInterval</c> (default 500 ms), the newest; the first at once.
    /// </summary>
    /// <remarks>
    /// Nothing is stored after the task's final state, which replaces a report that still waits; where the end stores nothing (<see cref="TaskOutcome.Ignore"/>), the last report is stored before it.
    /// Does nothing where results are disabled or ignored, and outside of a worker. A store that is away is logged and never fails the task.
    /// </remarks>
    /// <param name="state">The state, any text but Celery's own states.</param>
    /// <param name="meta">The data; written before this returns, so that it may change afterwards.</param>
    /// <param name="cancellationToken">Stops the wait for the store; the report may be stored nevertheless.</param>
    /// <typeparam name="T">A type CeleryNet knows, or one with JSON metadata (<c>UseJsonContext</c>).</typeparam>
    /// <returns>Ends when the report is stored, or kept for its turn.</returns>
    /// <exception cref="TaskQueueException">The state is one of Celery's own.</exception>
    /// <exception cref="MessageFormatException">The data cannot be written.</exception>
    public Task ReportAsync<T>(string state, T meta, CancellationToken cancellationToken = default) => ReportAsync(state, meta, null, cancellationToken);

    /// <inheritdoc cref="ReportAsync{T}(string, T, CancellationToken)"/>
    /// <param name="state">The state, any text but Celery's own states.</param>
    /// <param name="meta">The data; written before this returns, so that it may change afterwards.</param>
    /// <param name="converter">Writes the data; <c>null</c> chooses by the type.</param>
    /// <param name="cancellationToken">Stops the wait for the store; the report may be stored nevertheless.</param>
    public Task ReportAsync<T>(string state, T meta, WireConverter<T>? converter, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(state);
        cancellationToken.ThrowIfCancellationRequested();
        return Reporting?.OpenReporter(state)?.ReportAsync(state, meta, converter).WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Notes a task that this one has sent.</summary>
    internal void AddChild(string taskId) => ChildrenToAdd().Add(taskId);

    /// <summary>Notes a canvas that this one has sent.</summary>
    /// <param name="tuple">Its result tuple as JSON.</param>
    internal void AddChild(ReadOnlyMemory<byte> tuple) => ChildrenToAdd().Add(tuple);

    private Tasks.TaskChildren ChildrenToAdd() => Volatile.Read(ref _children) ?? Interlocked.CompareExchange(ref _children, new Tasks.TaskChildren(), null) ?? _children!;

    private static readonly Dictionary<string, object?> NoHeaders = [];
}
