using CeleryNet.Tasks;

namespace CeleryNet.Worker.BuiltIn;

/// <summary><c>celery.chain</c>: registered so that it fails with Celery's own words. A chain travels with its first step.</summary>
internal sealed class ChainTask : TaskHandler
{
    public override TaskDefinition Definition { get; } = new("celery.chain");

    public override ValueTask InvokeAsync(TaskInvocation invocation) => throw new NotSupportedException("chain is not a real task");
}
