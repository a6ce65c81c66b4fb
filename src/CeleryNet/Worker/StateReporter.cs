using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>
/// Stores what one run reports: one store at a time and at most one per interval, the newest report each time. When it is closed nothing is stored any more, so that no report can come after the
/// run's final state. Thread-safe.
/// </summary>
/// <param name="request">The run.</param>
/// <param name="store">Stores a state; never fails.</param>
/// <param name="interval">The least time between the beginnings of two stores; zero stores each as soon as the one before is stored.</param>
/// <param name="wire">How values become bytes.</param>
/// <param name="time">Timers and the monotonic clock.</param>
internal sealed class StateReporter(TaskRequest request, Func<TaskRequest, StateReport, Task> store, TimeSpan interval, WireOptions wire, TimeProvider time) : ITaskReporter
{
    private readonly Lock _lock = new(); // guards all below
    private StateReport? _waiting;
    private Task? _storing; // null when no store is on its way
    private ITimer? _timer;
    private long? _lastStore;
    private bool _isClosed;

    public Task ReportAsync<T>(string? state, T meta, WireConverter<T>? converter)
    {
        var report = new StateReport(state ?? TaskStates.Progress, Write(meta, converter ?? TypeConverters.For<T>(wire)));
        lock (_lock)
        {
            if (_isClosed) return Task.CompletedTask;
            _waiting = report;
        }

        return TryStore();
    }

    /// <summary>Waits for the store that is on its way, and stores nothing any more.</summary>
    /// <param name="keepsLast">True: a report that still waits is stored first, since the end of the run stores nothing itself.</param>
    internal async Task CloseAsync(bool keepsLast)
    {
        StateReport? last;
        Task? storing;
        lock (_lock)
        {
            (_isClosed, last, storing) = (true, keepsLast ? _waiting : null, _storing);
            _waiting = null;
            _timer?.Dispose();
        }

        if (storing is not null) await storing.ConfigureAwait(false);
        if (last is not null) await store(request, last).ConfigureAwait(false);
    }

    private Task TryStore()
    {
        StateReport report;
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_storing is not null || Take() is not { } next) return Task.CompletedTask;
            (report, _storing) = (next, begin.Task);
        }

        _ = StoreAsync(report, begin); // the close waits for it, and it never fails
        return begin.Task;
    }

    private async Task StoreAsync(StateReport first, TaskCompletionSource done)
    {
        for (var report = first; report is not null;)
        {
            await store(request, report).ConfigureAwait(false);
            lock (_lock)
            {
                report = Take();
                if (report is null) _storing = null;
            }
        }

        done.SetResult();
    }

    // Under the lock. What is to be stored now; null when there is nothing, or its turn has not come.
    private StateReport? Take()
    {
        if (_isClosed || _waiting is not { } report) return null;
        var wait = _lastStore is { } last ? interval - time.GetElapsedTime(last) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
        {
            _timer ??= time.CreateTimer(static self => _ = ((StateReporter)self!).TryStore(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan); // rounded up, since timers count whole milliseconds
            return null;
        }

        (_waiting, _lastStore) = (null, time.GetTimestamp());
        return report;
    }

    private byte[] Write<T>(T meta, WireConverter<T> converter)
    {
        using var buffer = WireBuffer.Rent();
        try
        {
            converter.Write(buffer.Json, meta, wire);
        }
        catch (System.Text.Json.JsonException error)
        {
            throw WireError.Cannot($"the report could not be written: {error.Message}", error);
        }

        buffer.Flush();
        return buffer.Span.ToArray();
    }
}
