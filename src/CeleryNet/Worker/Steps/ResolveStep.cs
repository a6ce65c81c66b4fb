using CeleryNet.Tasks;

namespace CeleryNet.Worker.Steps;

/// <summary>Finds the handler of a task and the policy it runs under.</summary>
internal sealed class ResolveStep(TaskHandlerTable handlers, Func<TaskDefinition, TaskPolicy> policyOf)
{
    /// <summary>Sets handler and policy.</summary>
    /// <returns>False when no handler has the name.</returns>
    internal bool Run(TaskRequest request)
    {
        if (!handlers.TryGet(request.Message.TaskName!, out var handler)) return false;
        request.Handler = handler;
        request.Policy = policyOf(handler.Definition);
        return true;
    }
}
