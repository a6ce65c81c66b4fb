using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Results;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Hosting;

/// <summary>Refuses tasks that need a store which this host has not: for limits, for keys, for final states.</summary>
internal static class StoreCheck
{
    /// <summary>One sentence for each task that could not keep what it promises.</summary>
    internal static IEnumerable<string> Failures(IServiceProvider services, TaskQueueOptions options)
    {
        var (broker, results) = (services.GetRequiredService<IBroker>(), services.GetRequiredService<IResultBackend>());
        var handlers = services.GetRequiredService<TaskHandlerTable>();
        var hasWorker = services.GetService<WorkerSettings>() is not null; // a host that only sends asks for no permits
        foreach (var name in handlers.Names)
        {
            if (!handlers.TryGet(name, out var handler)) continue;
            var definition = handler.Definition;
            if (definition.Conditions?.Unique is not null && DefaultServices.UniqueKeyStore(services) is null) yield return UniqueCalls.NoStore(name, broker, results);
            if (!hasWorker) continue;
            if (definition.Conditions is { Limits.Count: > 0 } && DefaultServices.PermitStore(services) is null)
            {
                yield return $"Task '{name}' has a [Concurrency] or [RateLimit] over all workers, which needs a store that they share, but neither the broker {broker.Address} nor the result store "
                    + $"{results.Address} counts permits. Use Redis as broker (UseRedis) or for results (UseRedisResults), or limit each worker alone: [Task(RateLimit = \"…\")].";
            }

            var policy = options.Tasks.TryGetValue(name, out var configured) ? definition.Policy.Under(configured) : definition.Policy;
            if (policy.SkipFinished == true && WhyNotSkipped(policy, results) is { } reason) yield return $"Tasks:{name}:SkipFinished is true, but {reason}, or set it to false.";
        }
    }

    private static string? WhyNotSkipped(TaskPolicy policy, IResultBackend results)
    {
        if (!results.IsEnabled) return "results are disabled, so that nobody knows what has finished. Configure a result store (UseRedisResults)";
        if (results is IResultAudience { IsSharedByAll: false }) return $"the result store ({results.Address}) can be asked by the sender of a task alone. Use another one (UseRedisResults)";
        return policy.IgnoreResult == true ? "the task's results are ignored, so that nobody knows what has finished. Set IgnoreResult to false" : null;
    }
}
