using CeleryNet.Serialization;

namespace CeleryNet;

/// <summary>Sends tasks and looks at their results. Injected as a singleton; thread-safe.</summary>
/// <remarks>
/// Every <c>Enqueue…</c> returns when the broker took responsibility for the task: it then runs at least once. A call that no worker could carry out is refused with a
/// <see cref="MessageFormatException"/> before anything is sent.
/// </remarks>
public interface ITaskClient
{
    /// <summary>Sends a task.</summary>
    /// <param name="task">The call, made by generated code: <c>MathTasks.AddTask(2, 3)</c>.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the task may have been taken.</param>
    /// <exception cref="PublishException">The broker did not take it within the publish timeout.</exception>
    /// <exception cref="MessageFormatException">The call is not valid; nothing was sent.</exception>
    Task<TaskHandle<T>> EnqueueAsync<T>(Signature<T> task, CancellationToken cancellationToken = default);

    /// <summary>Sends a task without typed result.</summary>
    /// <inheritdoc cref="EnqueueAsync{T}(Signature{T}, CancellationToken)"/>
    Task<TaskHandle> EnqueueAsync(Signature task, CancellationToken cancellationToken = default);

    /// <summary>Sends a group, or a canvas that ends in one.</summary>
    /// <param name="group">The group: <c>Canvas.Group(MathTasks.AddTask(1, 2), MathTasks.AddTask(3, 4))</c>.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; part of it may have been taken.</param>
    /// <returns>Its members and their results.</returns>
    /// <exception cref="PublishException">The broker did not take all of it.</exception>
    /// <exception cref="MessageFormatException">A call is not valid; nothing was sent.</exception>
    /// <exception cref="TaskQueueException">It holds a chord, and the result store runs none; nothing was sent.</exception>
    Task<GroupHandle<T>> EnqueueAsync<T>(GroupSignature<T> group, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends many tasks in batches of up to 1 000, each batch in one round trip or a pipelined one. The sequence is read batch by batch, so it may be long.
    /// </summary>
    /// <returns>The handles in the order of the sequence.</returns>
    /// <param name="tasks">The calls.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; what was sent so far stays sent.</param>
    /// <exception cref="PublishException">The broker did not take some; the message says how many of the sequence were taken before.</exception>
    /// <exception cref="MessageFormatException">A call is not valid; its batch and all after it were not sent. The message says how many were.</exception>
    Task<IReadOnlyList<TaskHandle<T>>> EnqueueManyAsync<T>(IEnumerable<Signature<T>> tasks, CancellationToken cancellationToken = default);

    /// <summary>Sends many tasks, also of different kinds.</summary>
    /// <inheritdoc cref="EnqueueManyAsync{T}(IEnumerable{Signature{T}}, CancellationToken)"/>
    Task<IReadOnlyList<TaskHandle>> EnqueueManyAsync(IEnumerable<Signature> tasks, CancellationToken cancellationToken = default);

    /// <summary>Sends a task that is known by its wire name only, such as one of a Python worker. Routes and configuration apply.</summary>
    /// <param name="name">Wire name, case-sensitive.</param>
    /// <param name="args">Positional arguments, written by their run-time types.</param>
    /// <param name="kwargs">Keyword arguments, written by their run-time types.</param>
    /// <param name="configure">Sets options of the call.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the task may have been taken.</param>
    /// <exception cref="PublishException">The broker did not take it within the publish timeout.</exception>
    /// <exception cref="MessageFormatException">The call is not valid; nothing was sent.</exception>
    Task<TaskHandle> EnqueueByNameAsync(
        string name,
        IReadOnlyList<object?>? args = null,
        IReadOnlyDictionary<string, object?>? kwargs = null,
        Action<CallOptions>? configure = null,
        CancellationToken cancellationToken = default);

    /// <summary>Sends a task that is known by its wire name only and returns <typeparamref name="T"/>.</summary>
    /// <inheritdoc cref="EnqueueByNameAsync"/>
    /// <typeparam name="T">A type CeleryNet knows, or one with JSON metadata (<c>UseJsonContext</c>).</typeparam>
    Task<TaskHandle<T>> EnqueueByNameAsync<T>(
        string name,
        IReadOnlyList<object?>? args = null,
        IReadOnlyDictionary<string, object?>? kwargs = null,
        Action<CallOptions>? configure = null,
        CancellationToken cancellationToken = default);

    /// <summary>A handle of any task, sent by whomever and whenever.</summary>
    /// <param name="taskId">Id of the task.</param>
    TaskHandle GetHandle(string taskId);

    /// <summary>A handle of any task that returns <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">A type CeleryNet knows, one with JSON metadata (<c>UseJsonContext</c>), or any type together with <paramref name="converter"/>.</typeparam>
    /// <param name="taskId">Id of the task.</param>
    /// <param name="converter">Reads the result; <c>null</c> chooses by the type.</param>
    /// <exception cref="MessageFormatException">Without <paramref name="converter"/>, and the type is neither known nor has metadata.</exception>
    TaskHandle<T> GetHandle<T>(string taskId, WireConverter<T>? converter = null);

    /// <summary>The group that was saved by <see cref="GroupHandle{T}.SaveAsync"/>, or by Python's <c>GroupResult.save</c>; <c>null</c> when there is none.</summary>
    /// <typeparam name="T">What each member returns.</typeparam>
    /// <param name="groupId">Id of the group.</param>
    /// <param name="converter">Reads the result of a member; <c>null</c> chooses by the type.</param>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">The store keeps no groups.</exception>
    Task<GroupHandle<T>?> RestoreGroupAsync<T>(string groupId, WireConverter<T>? converter = null, CancellationToken cancellationToken = default);

    /// <summary>Makes a batch without members: a group of tasks that grows while it runs, and is followed by callbacks when it was closed and all of them have ended.</summary>
    /// <param name="batch">What follows it: <c>Canvas.Batch().OnSuccess(ImportTasks.PublishTask(Prev))</c>.</param>
    /// <param name="cancellationToken">Stops the wait for the store; what was stored then expires as results do.</param>
    /// <returns>The handle by which members are added.</returns>
    /// <exception cref="MessageFormatException">A callback is not valid; nothing was stored.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">The store counts no batches.</exception>
    Task<BatchHandle> CreateBatchAsync(BatchSignature batch, CancellationToken cancellationToken = default);

    /// <summary>A handle of a batch that was made by anybody, such as by the id that a callback gets.</summary>
    /// <param name="batchId">Id of the batch.</param>
    BatchHandle GetBatch(string batchId);
}
