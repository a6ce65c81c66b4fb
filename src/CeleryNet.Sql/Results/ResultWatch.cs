using CeleryNet.Results;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Results;

/// <summary>
/// Tells observers of new states. What is heard names the task, and all that was named meanwhile is read by one question; of states that follow each other faster than that the newest is told.
/// </summary>
internal sealed class ResultWatch(SqlDatabase database, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _watched = []; // under the lock, as the next
    private readonly HashSet<string> _changed = [];
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private bool _mayHaveChanged;
    private IDisposable? _listening;
    private Task? _loop;

    /// <summary>Adds an observer; what is stored from now on is told.</summary>
    internal async Task<IAsyncDisposable> AddAsync(string taskId, Action<TaskResult> observer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, taskId, observer);
        bool isNew;
        lock (_lock)
        {
            if (_loop is null)
            {
                _listening = database.Listen(Heard);
                _loop = RunAsync(_stopping.Token);
            }

            isNew = !_watched.TryGetValue(taskId, out var watched);
            if (watched is null) _watched[taskId] = watched = new Watched();
            watched.Observers.Add(subscription);
        }

        try
        {
            await database.ListeningAsync(limit, cancellationToken).ConfigureAwait(false);
            if (isNew) await NoteVersionAsync(taskId, limit, cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            Remove(subscription);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listening?.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is not null) await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    // What is there already is for whoever asks; only a later version is new.
    private async Task NoteVersionAsync(string taskId, TimeSpan limit, CancellationToken cancellationToken)
    {
        var there = await database.ReadAsync(session => ResultTable.GetManyAsync(session, [taskId]), limit, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (there.Count > 0 && _watched.TryGetValue(taskId, out var watched) && watched.Version == 0) watched.Version = there[0].Version;
        }
    }

    // Called by the thread that wrote, or that listens.
    private void Heard(string? topic)
    {
        lock (_lock)
        {
            if (topic is null) _mayHaveChanged |= _watched.Count > 0;
            else if (topic[0] != Topic.Result || !_watched.ContainsKey(topic[1..]) || !_changed.Add(topic[1..])) return;
        }

        _wake.Set();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(null, database.Time, stopping).ConfigureAwait(false);
                await TellAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(logger, nameof(ResultWatch), error.Message);
                lock (_lock) _mayHaveChanged = true;
                _wake.Set();
                await Task.Delay(TimeSpan.FromSeconds(0.5), database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TellAsync(CancellationToken stopping)
    {
        string[] asked;
        lock (_lock)
        {
            asked = _mayHaveChanged ? [.. _watched.Keys] : [.. _changed];
            _changed.Clear();
            _mayHaveChanged = false;
        }

        if (asked.Length == 0) return;
        foreach (var (taskId, version, document) in await database.ReadAsync(session => ResultTable.GetManyAsync(session, asked), database.Options.CommandTimeout, stopping).ConfigureAwait(false))
        {
            Subscription[] observers;
            lock (_lock)
            {
                if (!_watched.TryGetValue(taskId, out var watched) || version <= watched.Version) continue;
                watched.Version = version;
                observers = [.. watched.Observers];
            }

            var result = ResultDocument.Read(document);
            foreach (var observer in observers) observer.Tell(result);
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(subscription.TaskId, out var watched)) return;
            watched.Observers.Remove(subscription);
            if (watched.Observers.Count == 0) _watched.Remove(subscription.TaskId);
        }
    }

    private sealed class Watched
    {
        internal List<Subscription> Observers { get; } = [];

        internal long Version { get; set; }
    }

    private sealed class Subscription(ResultWatch watch, string taskId, Action<TaskResult> observer) : IAsyncDisposable
    {
        private volatile bool _isDisposed;

        internal string TaskId => taskId;

        internal void Tell(TaskResult result)
        {
            if (!_isDisposed) observer(result);
        }

        public ValueTask DisposeAsync()
        {
            _isDisposed = true;
            watch.Remove(this);
            return default;
        }
    }
}
