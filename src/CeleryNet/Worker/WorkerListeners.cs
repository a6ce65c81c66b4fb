using CeleryNet.Diagnostics;
using CeleryNet.Results;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Tells the host's own code what happens in the worker. A listener that throws is logged, and the next one is told.</summary>
internal sealed class WorkerListeners(IReadOnlyList<IWorkerEvents> listeners, WorkerNotice worker, ILogger logger, CancellationToken stopping)
{
    internal ValueTask ReadyAsync() => TellAsync(nameof(IWorkerEvents.WorkerReadyAsync), worker, static (listener, worker, stopping) => listener.WorkerReadyAsync(worker, stopping));

    internal ValueTask StoppingAsync() => TellAsync(nameof(IWorkerEvents.WorkerStoppingAsync), worker, static (listener, worker, stopping) => listener.WorkerStoppingAsync(worker, stopping));

    internal ValueTask PrerunAsync(TaskContext context)
    {
        var run = new TaskRunNotice { Context = context, State = TaskStates.Pending };
        return TellAsync(nameof(IWorkerEvents.TaskPrerunAsync), run, static (listener, run, stopping) => listener.TaskPrerunAsync(run, stopping));
    }

    internal async ValueTask EndedAsync(TaskRequest request, TaskContext context, Verdict verdict)
    {
        var run = new TaskRunNotice
        {
            Context = context,
            State = verdict.StateName,
            Value = verdict.Value,
            Error = verdict.Error,
            Exception = request.Exception,
            IsRepublished = verdict.Republish is not null,
            Elapsed = request.Elapsed,
        };
        switch (run.State)
        {
            case TaskStates.Success:
                await TellAsync(nameof(IWorkerEvents.TaskSuccessAsync), run, static (listener, run, stopping) => listener.TaskSuccessAsync(run, stopping)).ConfigureAwait(false);
                break;
            case TaskStates.Failure:
                await TellAsync(nameof(IWorkerEvents.TaskFailureAsync), run, static (listener, run, stopping) => listener.TaskFailureAsync(run, stopping)).ConfigureAwait(false);
                break;
            case TaskStates.Retry:
                await TellAsync(nameof(IWorkerEvents.TaskRetryAsync), run, static (listener, run, stopping) => listener.TaskRetryAsync(run, stopping)).ConfigureAwait(false);
                break;
        }

        await TellAsync(nameof(IWorkerEvents.TaskPostrunAsync), run, static (listener, run, stopping) => listener.TaskPostrunAsync(run, stopping)).ConfigureAwait(false);
    }

    private async ValueTask TellAsync<TNotice>(string what, TNotice notice, Func<IWorkerEvents, TNotice, CancellationToken, ValueTask> tell)
    {
        foreach (var listener in listeners)
        {
            try
            {
                await tell(listener, notice, stopping).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Log.ListenerFailed(logger, listener.GetType().Name, what, error);
            }
        }
    }
}
