namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>A task begins when the one before it is settled.</summary>
internal sealed class FaultPointFilter(FaultPoint point) : ITaskFilter
{
    public async ValueTask<TaskOutcome> InvokeAsync(TaskContext context, TaskRunDelegate next)
    {
        await point.EnterAsync(context.Id);
        return await next();
    }
}
