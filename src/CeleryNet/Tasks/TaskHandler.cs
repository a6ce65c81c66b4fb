namespace CeleryNet.Tasks;

/// <summary>Runs one task: reads its arguments, calls the user's method, hands over the return value. Generated code has one derived class per <c>[Task]</c>.</summary>
public abstract class TaskHandler
{
    /// <summary>Name and policy of the task.</summary>
    public abstract TaskDefinition Definition { get; }

    /// <summary>True when the handler needs services, so that the attempt gets a scope of its own.</summary>
    public virtual bool NeedsScope => false;

    /// <summary>
    /// Runs the task once. The arguments are read before the first await. The return value goes to <see cref="TaskInvocation.Return{T}"/>; a task that returns nothing does not call it.
    /// </summary>
    /// <exception cref="TaskArgumentException">The arguments do not fit.</exception>
    public abstract ValueTask InvokeAsync(TaskInvocation invocation);
}
