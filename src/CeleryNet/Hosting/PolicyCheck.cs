using CeleryNet.Tasks;

namespace CeleryNet.Hosting;

/// <summary>Checks what attribute and configuration of a task say together: each may be right, and both together wrong.</summary>
internal sealed class PolicyCheck(TaskQueueSettings settings, IEnumerable<TaskHandlerSet> handlers) : IStartupCheck
{
    public void Check(ICollection<string> failures)
    {
        if (settings.Failures.Count > 0) return; // told already
        foreach (var definition in handlers.SelectMany(set => set.Handlers).Select(handler => handler.Definition).DistinctBy(definition => definition.Name))
        {
            if (!settings.Options.Tasks.TryGetValue(definition.Name, out var configured)) continue; // the analyzers have checked the attribute
            var policy = definition.Policy.Under(configured);
            var key = $"Tasks:{definition.Name}";
            if (policy.SoftTimeLimit > policy.TimeLimit) failures.Add($"{key}:SoftTimeLimit is {policy.SoftTimeLimit} but must not be greater than TimeLimit, {policy.TimeLimit}; one of them comes from the attribute.");
            if (policy.RetryBackoff == true && policy.RetryDelay > policy.RetryBackoffMax)
                failures.Add($"{key}:RetryDelay is {policy.RetryDelay} but must not be greater than RetryBackoffMax, {policy.RetryBackoffMax}; one of them comes from the attribute.");
        }
    }
}
