namespace CeleryNet;

/// <summary>
/// Runs around the sending of every task: <c>queue.AddClientFilter&lt;T&gt;()</c>. It may change the options of the call before <c>next</c> and sees the handle after it. Filters are singletons and nest
/// in the order of their registration, the first outermost. What one throws is thrown to the sender; before <c>next</c>, nothing was sent then.
/// </summary>
/// <remarks>
/// The periodic tasks of a beat pass them too. There the id of the task follows from entry and moment and stays as it is, and a filter that throws leaves that moment out, which is logged as an error.
/// A canvas passes them once, as the whole that is sent; what they set are options of all its tasks that have none of their own. The members of a batch pass them one by one. Retries, the steps and bodies
/// that follow a task, and other messages that a worker publishes pass no filter. With filters, <c>EnqueueManyAsync</c> sends its tasks one by one, so that each filter sees each task; where thousands
/// are sent at once, a filter costs the batches their speed.
/// </remarks>
public interface ITaskClientFilter
{
    /// <summary>Sends the task: <c>var handle = await next();</c></summary>
    /// <param name="sending">The call and its options.</param>
    /// <param name="next">Runs the filters after this one, then sends. To be called exactly once; who does not want the task to be sent throws.</param>
    Task InvokeAsync(TaskSending sending, TaskSendDelegate next);
}
