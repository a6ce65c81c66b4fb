using CeleryNet.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.Testing;

public sealed partial class TaskQueueHarness
{
    /// <summary>
    /// Sends a task, runs it to its end and returns its result. Its retries and a countdown are not waited for: the clock is moved to whatever is due next, until this task has ended.
    /// </summary>
    /// <param name="task">The call: <c>ShopTasks.BillTask(42)</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="RemoteTaskException">The task failed, was revoked or expired. What it threw itself is in <see cref="Runs"/>.</exception>
    /// <exception cref="TaskQueueException">The task did not end; the message says what is open.</exception>
    public async Task<T> RunAsync<T>(Signature<T> task, CancellationToken cancellationToken = default)
    {
        var handle = await Client.EnqueueAsync(task, cancellationToken).ConfigureAwait(false);
        await RunToEndAsync(handle.Id, task.Name, cancellationToken).ConfigureAwait(false);
        return await handle.GetAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a task without result and runs it to its end.</summary>
    /// <inheritdoc cref="RunAsync{T}(Signature{T}, CancellationToken)"/>
    public async Task RunAsync(Signature task, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var handle = await Client.EnqueueAsync(task, cancellationToken).ConfigureAwait(false);
        var last = await RunToEndAsync(handle.Id, task.Name, cancellationToken).ConfigureAwait(false);
        // Looked at by its id, since the result may be ignored: then the last run says how it ended.
        var end = await Client.GetHandle(handle.Id).GetSnapshotAsync(cancellationToken).ConfigureAwait(false);
        end.ThrowIfFailed();
        if (!end.IsReady && last is { State: TaskStates.Failure, Exception: { } error })
            throw new RemoteTaskException(handle.Id, last.State, new RemoteError(error.GetType().Name, default, error.GetType().Namespace), error.ToString());
    }

    /// <returns>The last run; <c>null</c> when it ended without one.</returns>
    private async Task<TaskRun?> RunToEndAsync(string id, string name, CancellationToken cancellationToken)
    {
        using var deadline = Deadline(cancellationToken);
        while (true)
        {
            await IdleAsync(deadline.Token, cancellationToken).ConfigureAwait(false);
            var last = Runs.LastOrDefault(run => run.TaskId == id);
            if (last is { State: TaskStates.Success or TaskStates.Failure or TaskStates.Revoked or "IGNORED" }) return last;
            if ((await Client.GetHandle(id).GetSnapshotAsync(cancellationToken).ConfigureAwait(false)).IsReady) return last;
            if (_work.NextDue is not { } due) throw NotEnded(id, name, last);
            Time.AdvanceTo(due);
        }
    }

    private TaskQueueException NotEnded(string id, string name, TaskRun? last)
    {
        var sent = Sent.LastOrDefault(task => task.TaskId == id);
        var what = last is null
            ? $"nobody took it from '{sent?.Queue}'. Let the worker consume that queue: AddWorker(worker => worker.Queues(\"{sent?.Queue}\"))"
            : $"its last run ended as {last.State}, so it was rejected or put off for ever; rejected tasks are with the dead letters of '{sent?.Queue}' (IDeadLetters)";
        return new TaskQueueException(ErrorCodes.NotDrained, $"Task '{name}' (id {id}) did not end, and nothing is left to run: {what}. Open: {_work.Describe()}.");
    }
}
