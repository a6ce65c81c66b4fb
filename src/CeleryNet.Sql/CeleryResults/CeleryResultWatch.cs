using CeleryNet.Results;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.CeleryResults;

/// <summary>
/// Tells observers of new states. What CeleryNet stores is heard. What Python stores nobody tells: SQLite shows that its file has changed, and PostgreSQL is asked, for each task more and more seldom.
/// </summary>
internal sealed class CeleryResultWatch(SqlDatabase database, TimeSpan? longestPoll, ILogger logger) : IAsyncDisposable
{
    private const int MostAtOnce = 500;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watched> _watched = []; // under the lock
    private readonly AsyncSignal _wake = new();
    private readonly CancellationTokenSource _stopping = new();
    private IDisposable? _listening;
    private Task? _loop;

    /// <summary>Adds an observer; what is stored from now on is told.</summary>
    internal async Task<IAsyncDisposable> AddAsync(string taskId, Action<TaskResult> observer, TimeSpan limit, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, taskId, observer);
        Watched watched;
        bool isNew;
        lock (_lock)
        {
            if (_loop is null)
            {
                _listening = database.Listen(Heard);
                _loop = RunAsync(_stopping.Token);
            }

            isNew = !_watched.TryGetValue(taskId, out var known);
            _watched[taskId] = watched = known ?? new Watched { NextLook = longestPoll is null ? long.MaxValue : Moment(FirstPoll), Interval = FirstPoll };
            watched.Observers.Add(subscription);
        }

        try
        {
            await database.ListeningAsync(limit, cancellationToken).ConfigureAwait(false);
            if (isNew) await NoteAsync(taskId, watched, limit, cancellationToken).ConfigureAwait(false);
            _wake.Set(); // the loop may be waiting for a later moment
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

    // What is there already is for whoever asks; only another state is new.
    private async Task NoteAsync(string taskId, Watched watched, TimeSpan limit, CancellationToken cancellationToken)
    {
        var there = await database.ReadAsync(session => CeleryTables.GetAsync(session, [taskId]), limit, cancellationToken).ConfigureAwait(false);
        lock (_lock) watched.Last ??= there.Count > 0 ? there[0] : null;
    }

    // Called by the thread that wrote, or that listens.
    private void Heard(string? topic)
    {
        lock (_lock)
        {
            if (topic is null)
            {
                foreach (var watched in _watched.Values) watched.NextLook = 0;
            }
            else
            {
                if (topic[0] != CeleryTables.Topic || !_watched.TryGetValue(topic[1..], out var named)) return;
                named.NextLook = 0;
            }
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
                await _wake.WaitAsync(UntilNextLook(), database.Time, stopping).ConfigureAwait(false);
                while (TakeDue() is { Length: > 0 } due) await TellAsync(due, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(logger, nameof(CeleryResultWatch), error.Message);
                Heard(null);
                await Task.Delay(TimeSpan.FromSeconds(0.5), database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private TimeSpan? UntilNextLook()
    {
        lock (_lock)
        {
            var next = long.MaxValue;
            foreach (var watched in _watched.Values) next = Math.Min(next, watched.NextLook);
            if (next == long.MaxValue) return null;
            var left = database.Time.GetElapsedTime(database.Time.GetTimestamp(), next);
            return left > FirstPoll / 2 ? left : FirstPoll / 2; // those that come due meanwhile are asked for together; what is heard sets the signal
        }
    }

    private string[] TakeDue()
    {
        var now = database.Time.GetTimestamp();
        var due = new List<string>();
        lock (_lock)
        {
            foreach (var (taskId, watched) in _watched)
            {
                if (watched.NextLook > now) continue;
                due.Add(taskId);
                watched.Schedule(longestPoll, Moment(watched.Interval));
                if (due.Count == MostAtOnce) break;
            }
        }

        return [.. due];
    }

    private async Task TellAsync(string[] due, CancellationToken stopping)
    {
        foreach (var row in await database.ReadAsync(session => CeleryTables.GetAsync(session, due), database.Options.CommandTimeout, stopping).ConfigureAwait(false))
        {
            Subscription[] observers;
            lock (_lock)
            {
                if (!_watched.TryGetValue(row.TaskId, out var watched) || row.IsSameAs(watched.Last)) continue;
                watched.Last = row;
                observers = [.. watched.Observers];
            }

            Tell(row, observers);
        }
    }

    private void Tell(CeleryRow row, Subscription[] observers)
    {
        try
        {
            if (row.ToResult() is not { } result) return;
            foreach (var observer in observers) observer.Tell(result);
        }
        catch (MessageFormatException error)
        {
            Log.BadPickle(logger, CeleryNet.Diagnostics.Printable.Limit(row.TaskId), error.Message);
        }
    }

    private long Moment(TimeSpan fromNow) => database.Time.GetTimestamp() + (long)(fromNow.TotalSeconds * database.Time.TimestampFrequency);

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

        internal CeleryRow? Last { get; set; }

        /// <summary>When to ask again, by the clock's timestamp; zero for now.</summary>
        internal long NextLook { get; set; }

        internal TimeSpan Interval { get; set; }

        /// <summary>Each look is later by half: a short task is seen at once, a long one costs one question per second.</summary>
        internal void Schedule(TimeSpan? longest, long next)
        {
            NextLook = longest is null ? long.MaxValue : next;
            if (longest is { } limit) Interval = Interval * 1.5 < limit ? Interval * 1.5 : limit;
        }
    }

    private sealed class Subscription(CeleryResultWatch watch, string taskId, Action<TaskResult> observer) : IAsyncDisposable
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
