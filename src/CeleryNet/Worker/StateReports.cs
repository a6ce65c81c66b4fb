using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Worker;

/// <summary>Makes the reporters of a worker's runs.</summary>
/// <param name="finisher">Stores states.</param>
/// <param name="interval">The least time between two reports of a run.</param>
/// <param name="wire">How values become bytes.</param>
/// <param name="time">Timers and the monotonic clock.</param>
/// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
internal sealed class StateReports(Finisher finisher, TimeSpan interval, WireOptions wire, TimeProvider time, CancellationToken stopping)
{
    internal StateReporter Open(TaskRequest request) => new(request, StoreAsync, interval, wire, time);

    internal static TaskQueueException Reserved(TaskMessage message, string state) => new(
        ErrorCodes.ReservedState,
        $"Task '{Printable.Limit(message.TaskName)}' (id {Printable.Limit(message.Id)}) cannot report state '{state}': it is one of Celery's own, which the worker stores. Choose another name, such as PROGRESS.");

    private async Task StoreAsync(TaskRequest request, StateReport report)
    {
        try
        {
            await finisher.TellAsync(request, report.State, report.Meta, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The worker goes, and the task goes back to its queue.
        }
    }
}
