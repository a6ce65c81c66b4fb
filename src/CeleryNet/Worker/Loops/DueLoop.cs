using System.Threading.Channels;
using CeleryNet.Worker.Steps;

namespace CeleryNet.Worker.Loops;

/// <summary>Hands held tasks to the execution loops when they are due.</summary>
internal sealed class DueLoop(HoldStep held, ChannelWriter<TaskRequest> ready, Action heldChanged, TimeProvider time)
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
        foreach (var request in due) ready.TryWrite(request); // unbounded; closed only when the worker has taken everything back
        if (due.Count > 0) heldChanged();
        return next;
    }
}
