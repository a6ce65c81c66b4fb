using System.Threading.Channels;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.Client;

/// <summary>
/// The ends of many tasks as they come, each once: those that are stored first, then what the backend pushes, and by a slow look at the store what was not pushed. One subscription, one timer and one look for
/// all of them. One reader at a time.
/// </summary>
internal sealed class GroupWatch : IAsyncDisposable
{
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromSeconds(5); // both as ResultWatch
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(1);

    private readonly ResultSource _source;
    private readonly HashSet<string> _missing;
    private readonly Queue<TaskResult> _found = new();

    // null asks for a look at the store. Unbounded, but only ends are let in, and a task ends about once.
    private readonly Channel<TaskResult?> _pushed = Channel.CreateUnbounded<TaskResult?>(new UnboundedChannelOptions { SingleReader = true });

    private IAsyncDisposable? _subscription;
    private ITimer? _recheck;
    private long? _outageSince;

    private GroupWatch(ResultSource source, IEnumerable<string> taskIds) => (_source, _missing) = (source, [.. taskIds]);

    /// <summary>True when an end is there that has not been read, or is to come.</summary>
    internal bool HasNext => _found.Count > 0 || (_subscription is not null && _missing.Count > 0);

    /// <summary>Why the last look at the store failed; <c>null</c> when it did not.</summary>
    internal BrokerUnavailableException? Outage { get; private set; }

    /// <summary>The states now, in the order of the ids.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    internal static async ValueTask<IReadOnlyList<TaskResult?>> LookAsync(IResultBackend backend, IReadOnlyList<string> taskIds, CancellationToken cancellationToken)
    {
        if (taskIds.Count == 0) return [];
        if (backend is IManyResults many) return await many.GetManyAsync(taskIds, cancellationToken).ConfigureAwait(false);
        return await Task.WhenAll(taskIds.Select(id => backend.GetAsync(id, cancellationToken).AsTask())).ConfigureAwait(false);
    }

    /// <summary>Looks once and, when that is not all, watches what has not ended. Nothing stays behind when it fails or is cancelled.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    internal static async ValueTask<GroupWatch> OpenAsync(ResultSource source, IEnumerable<string> taskIds, bool isLook, CancellationToken cancellationToken)
    {
        var watch = new GroupWatch(source, taskIds);
        await watch.LookAsync(cancellationToken).ConfigureAwait(false);
        if (isLook || watch._missing.Count == 0) return watch;
        watch._subscription = await SubscribeAsync(source.Backend, [.. watch._missing], watch.Push, cancellationToken).ConfigureAwait(false);
        watch._recheck = source.Time.CreateTimer(static channel => ((Channel<TaskResult?>)channel!).Writer.TryWrite(null), watch._pushed, RecheckInterval, RecheckInterval);
        watch._pushed.Writer.TryWrite(null); // what ended between look and subscription
        return watch;
    }

    /// <summary>The next task that has ended. Not to be called when none is left.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached for a minute.</exception>
    internal async ValueTask<TaskResult> NextAsync(CancellationToken cancellationToken)
    {
        TaskResult? ended;
        while (!_found.TryDequeue(out ended))
        {
            var pushed = await _pushed.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (pushed is null) await LookAgainAsync(cancellationToken).ConfigureAwait(false);
            else if (_missing.Remove(pushed.TaskId)) return pushed;
        }

        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        if (_recheck is not null) await _recheck.DisposeAsync().ConfigureAwait(false);
        if (_subscription is not null) await _subscription.DisposeAsync().ConfigureAwait(false);
    }

    private void Push(TaskResult state)
    {
        if (state.IsReady) _pushed.Writer.TryWrite(state);
    }

    private async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        foreach (var state in await LookAsync(_source.Backend, [.. _missing], cancellationToken).ConfigureAwait(false))
            if (state is { IsReady: true } && _missing.Remove(state.TaskId)) _found.Enqueue(state);
    }

    private async ValueTask LookAgainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
            (_outageSince, Outage) = (null, null);
        }
        catch (BrokerUnavailableException error)
        {
            _outageSince ??= _source.Time.GetTimestamp();
            if (_source.Time.GetElapsedTime(_outageSince.Value) >= LongestOutage) throw;
            if (Outage is null) Log.ResultLookupFailed(_source.Logger, _missing.First(), error.Reason);
            Outage = error;
        }
    }

    private static async ValueTask<IAsyncDisposable> SubscribeAsync(IResultBackend backend, IReadOnlyList<string> taskIds, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        if (backend is IManyResults many) return await many.SubscribeManyAsync(taskIds, observer, cancellationToken).ConfigureAwait(false);
        return await Subscriptions.AddAsync(taskIds, id => backend.SubscribeAsync(id, observer, cancellationToken)).ConfigureAwait(false);
    }
}
