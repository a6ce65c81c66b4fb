using System.Threading.Channels;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.Client;

/// <summary>
/// The states of one task one after the other: first the stored one, then what the backend pushes. A slow look at the store in between makes up for a push that was lost.
/// One reader at a time.
/// </summary>
internal sealed class ResultWatch : IAsyncDisposable
{
    private const int MostWaiting = 128; // progress that nobody reads; the oldest is dropped

    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(1);

    private readonly ResultSource _source;
    private readonly string _taskId;
    private readonly Queue<TaskResult?> _waiting = new();

    // null in the channel asks for a look at the store.
    private readonly Channel<TaskResult?> _pushed = Channel.CreateBounded<TaskResult?>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private IAsyncDisposable? _subscription;
    private ITimer? _recheck;
    private TaskResult? _last;
    private long? _outageSince;
    private bool _hasStarted;

    private ResultWatch(ResultSource source, string taskId)
    {
        _source = source;
        _taskId = taskId;
    }

    /// <summary>Why the last look at the store failed; <c>null</c> when it did not.</summary>
    internal BrokerUnavailableException? Outage { get; private set; }

    /// <summary>Starts to watch. Nothing stays behind when it fails or is cancelled.</summary>
    internal static async ValueTask<ResultWatch> OpenAsync(ResultSource source, string taskId, CancellationToken cancellationToken)
    {
        var watch = new ResultWatch(source, taskId);
        watch._subscription = await source.Backend.SubscribeAsync(taskId, state => watch._pushed.Writer.TryWrite(state), cancellationToken).ConfigureAwait(false);
        watch._recheck = source.Time.CreateTimer(
            static channel => ((Channel<TaskResult?>)channel!).Writer.TryWrite(null), watch._pushed, RecheckInterval, RecheckInterval);
        return watch;
    }

    /// <summary>The next state that differs from the one before. The first is the stored one, <c>null</c> when there is none.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached at first, or not for a minute.</exception>
    internal async ValueTask<TaskResult?> NextAsync(CancellationToken cancellationToken)
    {
        if (!_hasStarted)
        {
            _last = await _source.Backend.GetAsync(_taskId, cancellationToken).ConfigureAwait(false);
            _hasStarted = true;
            SkipOlderThan(_last);
            return _last;
        }

        while (true)
        {
            if (!_waiting.TryDequeue(out var state)) state = await _pushed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            state ??= await LookAsync(cancellationToken).ConfigureAwait(false);
            if (state is null || IsSame(state, _last)) continue;
            _last = state;
            return state;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_recheck is not null) await _recheck.DisposeAsync().ConfigureAwait(false);
        if (_subscription is not null) await _subscription.DisposeAsync().ConfigureAwait(false);
    }

    // What was pushed up to the state that the store holds is older than it.
    private void SkipOlderThan(TaskResult? stored)
    {
        while (_pushed.Reader.TryRead(out var state))
        {
            if (stored is not null && state is not null && IsSame(state, stored)) _waiting.Clear();
            else _waiting.Enqueue(state);
        }
    }

    private async ValueTask<TaskResult?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var state = await _source.Backend.GetAsync(_taskId, cancellationToken).ConfigureAwait(false);
            _outageSince = null;
            Outage = null;
            return state;
        }
        catch (BrokerUnavailableException error)
        {
            _outageSince ??= _source.Time.GetTimestamp();
            if (_source.Time.GetElapsedTime(_outageSince.Value) >= LongestOutage) throw;
            if (Outage is null) Log.ResultLookupFailed(_source.Logger, _taskId, error.Reason);
            Outage = error;
            return null;
        }
    }

    private static bool IsSame(TaskResult state, TaskResult? other) =>
        ReferenceEquals(state, other)
        || (other is not null && state.State == other.State && state.DateDone == other.DateDone && state.Error?.Type == other.Error?.Type
            && state.Value.Span.SequenceEqual(other.Value.Span)
            && (state.Error?.Arguments ?? default).Span.SequenceEqual((other.Error?.Arguments ?? default).Span));
}
