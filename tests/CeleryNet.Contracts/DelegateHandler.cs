using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

/// <summary>A task that is given as a delegate, where a test needs one of its own.</summary>
/// <param name="name">Wire name.</param>
/// <param name="run">What it does. It reads no arguments.</param>
/// <param name="policy">What its attribute would say.</param>
/// <param name="conditions">What its other attributes would say.</param>
public sealed class DelegateHandler(string name, Func<TaskInvocation, ValueTask> run, TaskPolicy? policy = null, TaskConditions? conditions = null) : TaskHandler
{
    /// <inheritdoc/>
    public override TaskDefinition Definition { get; } = new(name, policy, conditions);

    /// <summary>A task that returns a text.</summary>
    public static DelegateHandler Returning(string name, Func<TaskContext, Task<string>> run, TaskPolicy? policy = null, TaskConditions? conditions = null) => new(
        name, async invocation => invocation.Return(await run(invocation.Context), WireConverters.String), policy, conditions);

    /// <summary>A task that ends with an outcome.</summary>
    public static DelegateHandler Ending(string name, Func<TaskContext, TaskOutcome> run, TaskPolicy? policy = null, TaskConditions? conditions = null) => new(
        name,
        invocation =>
        {
            invocation.End(run(invocation.Context));
            return default;
        },
        policy,
        conditions);

    /// <inheritdoc/>
    public override ValueTask InvokeAsync(TaskInvocation invocation) => run(invocation);
}
