using System.Runtime.InteropServices;

namespace CeleryNet.Events;

/// <summary>
/// What is known of a cluster by its events: its workers, and the last tasks with their states. C# and Python workers alike; follows Celery's <c>celery.events.state.State</c>. Thread-safe: one
/// feeds it, anybody asks, and what they are given never changes.
/// </summary>
/// <example>
/// <code>
/// var cluster = new ClusterState();
/// var following = cluster.FollowAsync(events, stopping);   // events: an injected IEventReceiver
/// foreach (var worker in cluster.GetWorkers()) Console.WriteLine($"{worker.NodeName} {(worker.IsAlive ? "runs" : "is away")}");
/// </code>
/// </example>
public sealed class ClusterState
{
    /// <summary>How many tasks are kept unless another number is given, as in Celery.</summary>
    public const int DefaultMaxTasks = 10_000;

    /// <summary>How many workers are kept unless another number is given, as in Celery.</summary>
    public const int DefaultMaxWorkers = 5_000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly BoundedTable<ClusterTask> _tasks;
    private readonly BoundedTable<ClusterWorker> _workers;
    private readonly Dictionary<string, int> _byState = [];
    private long _events;
    private long _received;

    /// <summary>Creates an empty state.</summary>
    /// <param name="time">Tells which workers are alive; <c>null</c> for the system's clock.</param>
    /// <param name="maxTasks">How many tasks are kept; those that were heard of first go first. At least 1.</param>
    /// <param name="maxWorkers">How many workers are kept; those that were heard of first go first. At least 1.</param>
    public ClusterState(TimeProvider? time = null, int maxTasks = DefaultMaxTasks, int maxWorkers = DefaultMaxWorkers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTasks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWorkers, 1);
        _time = time ?? TimeProvider.System;
        _tasks = new BoundedTable<ClusterTask>(maxTasks);
        _workers = new BoundedTable<ClusterWorker>(maxWorkers);
    }

    /// <summary>Counts in every event that a receiver gets, until it is cancelled.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached when it begins; call it again later, what is known stays.</exception>
    public async Task FollowAsync(IEventReceiver receiver, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        await foreach (var told in receiver.CaptureAsync(cancellationToken).ConfigureAwait(false)) Apply(told);
    }

    /// <summary>Counts in one event. Events may come late and out of order: a later state is not replaced by an earlier one.</summary>
    public void Apply(ClusterEvent told)
    {
        ArgumentNullException.ThrowIfNull(told);
        lock (_lock)
        {
            _events++;
            if (told is TaskEvent task) Apply(task);
            else if (told is WorkerEvent worker) Apply(worker);
        }
    }

    /// <summary>The workers that are known, by name.</summary>
    public IReadOnlyList<ClusterWorker> GetWorkers()
    {
        var now = _time.GetUtcNow();
        lock (_lock) return [.. _workers.Values.Select(worker => worker.At(now)).OrderBy(worker => worker.NodeName, StringComparer.Ordinal)];
    }

    /// <summary>The worker of that node name; <c>null</c> when it has told nothing.</summary>
    public ClusterWorker? FindWorker(string nodeName)
    {
        ArgumentNullException.ThrowIfNull(nodeName);
        lock (_lock) return _workers.TryGet(nodeName, out var worker) ? worker.At(_time.GetUtcNow()) : null;
    }

    /// <summary>The tasks that are known, the newest first: by logical clock, then by time.</summary>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<ClusterTask> GetTasks(int limit = int.MaxValue)
    {
        ClusterTask[] tasks;
        lock (_lock) tasks = [.. _tasks.Values];
        return [.. tasks.OrderByDescending(task => task.Clock).ThenByDescending(task => task.Timestamp).Take(limit)];
    }

    /// <summary>The task of that id; <c>null</c> when nobody has told of it, or it is forgotten.</summary>
    public ClusterTask? FindTask(string taskId)
    {
        ArgumentNullException.ThrowIfNull(taskId);
        lock (_lock) return _tasks.TryGet(taskId, out var task) ? task : null;
    }

    /// <summary>The numbers of this moment.</summary>
    public ClusterCounts GetCounts()
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            var states = _byState.Where(pair => pair.Value > 0).ToDictionary(pair => pair.Key, pair => pair.Value);
            return new ClusterCounts(_events, _received, _workers.Count, _workers.Values.Count(worker => worker.At(now).IsAlive), states);
        }
    }

    private void Apply(TaskEvent told)
    {
        if (told is TaskReceivedEvent) _received++;
        if (told is not TaskSentEvent && told.NodeName.Length > 0)
        {
            var worker = WorkerOf(told);
            _workers.Set(told.NodeName, told.Timestamp is { } moment ? worker.SeenAt(moment) : worker, out _);
        }

        var isKnown = _tasks.TryGet(told.TaskId, out var task);
        var next = TaskMerge.After(task ?? new ClusterTask { Id = told.TaskId }, told);
        if (_tasks.Set(told.TaskId, next, out var hasGone) is { } forgotten && hasGone) Count(forgotten.State, -1);
        if (isKnown) Count(task!.State, -1); // it was found
        Count(next.State, 1);
    }

    private void Apply(WorkerEvent told)
    {
        if (told.NodeName.Length > 0) _workers.Set(told.NodeName, WorkerOf(told).After(told), out _);
    }

    private ClusterWorker WorkerOf(ClusterEvent told) => _workers.TryGet(told.NodeName, out var worker) ? worker : new ClusterWorker { NodeName = told.NodeName };

    // States of the users' own may be any number of texts; those that no task has are not kept.
    private void Count(string state, int change)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_byState, state, out _);
        count += change;
        if (count == 0) _byState.Remove(state);
    }
}
