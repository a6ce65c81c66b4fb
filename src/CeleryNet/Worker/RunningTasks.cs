using System.Collections.Concurrent;
using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>The tasks that are running right now. Thread-safe.</summary>
internal sealed class RunningTasks(TimeProvider time)
{
    private readonly ConcurrentDictionary<TaskRequest, Run> _runs = new();

    internal int Count => _runs.Count;

    internal void Add(TaskRequest request, TaskCancellation cancellation) => _runs[request] = new Run(cancellation, time.GetTimestamp());

    internal void Remove(TaskRequest request) => _runs.TryRemove(request, out _);

    /// <summary>How long the longest of them has run so far; zero when none runs.</summary>
    internal TimeSpan Longest()
    {
        var longest = TimeSpan.Zero;
        foreach (var (_, run) in _runs)
        {
            var elapsed = time.GetElapsedTime(run.Start);
            if (elapsed > longest) longest = elapsed;
        }

        return longest;
    }

    internal void CancelAll(TaskCancelReason reason)
    {
        foreach (var (_, run) in _runs) run.Cancellation.Cancel(reason);
    }

    private readonly record struct Run(TaskCancellation Cancellation, long Start);
}
