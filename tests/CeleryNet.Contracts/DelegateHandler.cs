using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

/// <summary>A task that is given as a delegate, where a test needs one of its own.</summary>
/// <param name="name">Wire name.</param>
/// <param name="run">What it does. It reads no arguments.</param>
/// <param name="policy">What its attribute would say.</param>
public sealed class DelegateHandler(string name, Func<TaskInvocation, ValueTask> run, TaskPolicy? policy = null) : TaskHandler
{
    /// <inheritdoc/>
    public override TaskDefinition Definition { get; } = new(name, policy);

    /// <summary>A task that returns a text.</summary>
    public static DelegateHandler Returning(string name, Func<TaskContext, Task<string>> run, TaskPolicy? policy = null) => new(
        name, async invocation => invocation.Return(await run(invocation.Context), WireConverters.String), policy);

    /// <summary>A task that ends with an outcome.</summary>
    public static DelegateHandler Ending(string name, Func<TaskContext, TaskOutcome> run, TaskPolicy? policy = null) => new(
        name,
        invocation =>
        {
            invocation.End(run(invocation.Context));
            return default;
        },
        policy);

    /// <inheritdoc/>
    public override ValueTask InvokeAsync(TaskInvocation invocation) => run(invocation);
}
