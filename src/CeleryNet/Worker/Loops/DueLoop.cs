using CeleryNet.Worker.Steps;

namespace CeleryNet.Worker.Loops;

/// <summary>Hands held tasks on when they are due or have expired.</summary>
internal sealed class DueLoop(HoldStep held, Action<TaskRequest> release, Action heldChanged, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30); // bounds what a step of the wall clock can cost

    private readonly Signal _earlier = new();

    /// <summary>Says that a task was held that may be due before all others.</summary>
    internal void Wake() => _earlier.Set();

    internal async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (RunOnce() is not { } next)
            {
                await _earlier.WaitAsync(stopping).ConfigureAwait(false);
                continue;
            }

            var wait = next - time.GetUtcNow();
            if (wait <= TimeSpan.Zero) continue;
            // Rounded up, since timers count whole milliseconds.
            await _earlier.WaitAsync(wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait, time, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Hands over what is due.</summary>
    /// <returns>When the next one is due; <c>null</c> when none is held.</returns>
    internal DateTimeOffset? RunOnce()
    {
        var due = new List<TaskRequest>();
        var next = held.TakeDue(due);
        foreach (var request in due) release(request);
        if (due.Count > 0) heldChanged();
        return next;
    }
}
