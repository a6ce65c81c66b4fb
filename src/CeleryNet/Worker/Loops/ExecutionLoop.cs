using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Loops;

/// <summary>One slot of the worker: runs one task after the other. Ends when the queue of ready tasks is closed and empty, when it is dismissed, or when its task lost the slot.</summary>
internal sealed class ExecutionLoop(ReadyQueue ready, TaskExecutor executor, LoneGate gate, Action<TaskRequest> giveBack, Slot slot, ILogger logger)
{
    /// <summary>Runs until there is nothing more to run.</summary>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    internal async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield(); // the first task does not run on the thread of whoever starts the loop
        while (!slot.IsAbandoned && await ready.NextAsync().ConfigureAwait(false) is { } request)
        {
            try
            {
                while (!await executor.ExecuteAsync(request, slot, stopping).ConfigureAwait(false))
                {
                    request.Pending?.Leave(slot); // others need not wait with it
                    if (await gate.OpensAsync().ConfigureAwait(false)) continue;
                    giveBack(request);
                    break;
                }
            }
            catch (Exception error)
            {
                request.LastStart?.Abandon();
                // A fault of this library, not of the task: the message stays unsettled, so that the broker delivers it again when this worker ends.
                Log.TaskNotFinished(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
            }
            finally
            {
                request.Pending?.Leave(slot);
            }
        }
    }
}
