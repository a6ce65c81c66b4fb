using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Loops;

/// <summary>Looks now and then which queues are paused, for the case that a broadcast was missed.</summary>
internal sealed class PauseLoop(ConsumedQueues queues, TimeProvider time, ILogger logger)
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(15); // one small question for each queue

    internal async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            try
            {
                foreach (var queue in queues.Wanted) await queues.LookAsync(queue.Name, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.LoopRoundFailed(logger, nameof(PauseLoop), error);
            }
        }
    }
}
