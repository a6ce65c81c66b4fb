namespace CeleryNet;

/// <summary>Shorter forms of calls of <see cref="ITaskClient"/>.</summary>
public static class TaskClientExtensions
{
    /// <summary>Sends a task with options: <c>tasks.EnqueueAsync(MathTasks.AddTask(2, 3), o => o.Priority = 9)</c>.</summary>
    /// <param name="client">The client.</param>
    /// <param name="task">The call.</param>
    /// <param name="configure">Sets options on a copy of the call.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the task may have been taken.</param>
    public static Task<TaskHandle<T>> EnqueueAsync<T>(
        this ITaskClient client, Signature<T> task, Action<CallOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(task);
        return client.EnqueueAsync(task.With(configure), cancellationToken);
    }

    /// <summary>Sends a task without typed result, with options.</summary>
    /// <inheritdoc cref="EnqueueAsync{T}(ITaskClient, Signature{T}, Action{CallOptions}, CancellationToken)"/>
    public static Task<TaskHandle> EnqueueAsync(
        this ITaskClient client, Signature task, Action<CallOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(task);
        return client.EnqueueAsync(task.With(configure), cancellationToken);
    }
}
