using CeleryNet.Tasks;

namespace CeleryNet.Worker.BuiltIn;

/// <summary><c>celery.backend_cleanup</c>: sent by beat once a day. The result stores here forget by themselves what has expired, so there is nothing to do, as with Redis in Celery.</summary>
internal sealed class CleanupTask : TaskHandler
{
    public override TaskDefinition Definition { get; } = new("celery.backend_cleanup");

    public override ValueTask InvokeAsync(TaskInvocation invocation) => default;
}
