using System.Globalization;
using System.Text;
using CeleryNet.Brokers;

namespace CeleryNet.Testing;

/// <summary>
/// Counts exactly what is open: messages that wait in consumed queues, are in a worker's hands or are being published, and runs that have begun and not ended. Nothing is guessed from time that
/// passes; whoever waits is woken by what happens. Thread-safe.
/// </summary>
internal sealed class OpenWork
{
    private readonly Lock _lock = new(); // guards all below
    private readonly Dictionary<Delivery, bool> _unsettled = []; // true: in a worker's hands; false: kept until it is due
    private readonly Dictionary<TaskContext, bool> _runs = [];
    private readonly List<TrackedConsumer> _consumers = [];
    private readonly HashSet<string> _toPublish = []; // ids of runs that have ended and are still to be published again
    private int _publishing;
    private int _broadcasts;
    private long _version; // changes with all that adds work or takes it away
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>When the next task is due that waits for its time; <c>null</c> when none does.</summary>
    internal DateTimeOffset? NextDue
    {
        get
        {
            lock (_lock) return _consumers.SelectMany(consumer => consumer.Delayed.Values).Select(static due => (DateTimeOffset?)due).Min();
        }
    }

    internal Lock Lock => _lock;

    /// <summary>Waits until nothing is open but tasks that are not due.</summary>
    internal async Task IdleAsync(CancellationToken deadline)
    {
        while (true)
        {
            Task changed;
            lock (_lock) changed = _changed.Task;
            if (IsIdle()) return;
            await changed.WaitAsync(deadline).ConfigureAwait(false);
        }
    }

    /// <summary>Says what is open, for people.</summary>
    internal string Describe()
    {
        var text = new StringBuilder();
        TrackedConsumer[] consumers;
        lock (_lock) consumers = [.. _consumers];
        foreach (var consumer in consumers)
        {
            foreach (var (queue, count) in consumer.Waiting()) text.Append(CultureInfo.InvariantCulture, $"; {count} waiting in queue '{queue}'");
        }

        lock (_lock)
        {
            foreach (var run in _runs.Keys) text.Append(CultureInfo.InvariantCulture, $"; running: {run.Name} (id {run.Id})");
            foreach (var delivery in _unsettled.Where(pair => pair.Value).Select(pair => pair.Key).Where(delivery => _runs.Keys.All(run => run.Id != delivery.Message.Id)))
                text.Append(CultureInfo.InvariantCulture, $"; taken by the worker and not running: {delivery.Message.DisplayName} (id {delivery.Message.Id})");
            foreach (var (delivery, due) in _consumers.SelectMany(consumer => consumer.Delayed).OrderBy(pair => pair.Value))
                text.Append(CultureInfo.InvariantCulture, $"; not due before {due:O}: {delivery.Message.DisplayName} (id {delivery.Message.Id})");
            if (_publishing + _toPublish.Count is > 0 and var count) text.Append(CultureInfo.InvariantCulture, $"; being published: {count}");
            if (_broadcasts > 0) text.Append(CultureInfo.InvariantCulture, $"; control messages on their way: {_broadcasts}");
        }

        return text.Length == 0 ? "nothing" : text.ToString(2, text.Length - 2);
    }

    internal void Add(TrackedConsumer consumer) => Change(() => _consumers.Add(consumer));

    internal void Remove(TrackedConsumer consumer) => Change(() => _consumers.Remove(consumer));

    internal void PublishBegins(string? id) => Change(() =>
    {
        _publishing++;
        if (id is not null) _toPublish.Remove(id);
    });

    internal void PublishEnds() => Change(() => _publishing--);

    internal void BroadcastBegins(int listeners) => Change(() => _broadcasts += listeners);

    internal void BroadcastEnds() => Change(() => _broadcasts--);

    internal void RunBegins(TaskContext run) => Change(() => _runs[run] = true);

    internal void RunEnds(TaskContext run, bool isRepublished) => Change(() =>
    {
        _runs.Remove(run);
        if (isRepublished) _toPublish.Add(run.Id);
    });

    /// <summary>A delivery has come to a worker, or is kept until it is due.</summary>
    internal void Taken(Delivery delivery, bool isDue) => Change(() => _unsettled[delivery] = isDue);

    internal void Settled(Delivery delivery) => Change(() => _unsettled.Remove(delivery));

    /// <summary>Something else happened that may have ended the last work.</summary>
    internal void Wake() => Change(static () => { });

    // Messages only move forward: queue, consumer's channel, worker, settled. So they are looked for in this order, and what was added or ended meanwhile changes the version.
    private bool IsIdle()
    {
        long version;
        TrackedConsumer[] consumers;
        lock (_lock)
        {
            if (_publishing > 0 || _broadcasts > 0 || _runs.Count > 0 || _toPublish.Count > 0) return false;
            (version, consumers) = (_version, [.. _consumers]);
        }

        if (consumers.Any(static consumer => consumer.Waiting().Any())) return false;
        lock (_lock) return version == _version && !_unsettled.ContainsValue(true);
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            _version++;
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
