using CeleryNet.Client;
using CeleryNet.Tasks;

namespace CeleryNet.Hosting;

/// <summary>The names of all queues that the host's options, tasks and worker name.</summary>
internal static class KnownQueues
{
    internal static IReadOnlyCollection<string> Of(TaskQueueOptions options, IEnumerable<TaskHandlerSet> handlers, WorkerSettings? worker)
    {
        var names = new HashSet<string> { options.DefaultQueue };
        names.UnionWith(options.Queues.Keys);
        names.UnionWith(options.Routes.Rules.Select(static rule => rule.Target?.Queue).OfType<string>());
        names.UnionWith(options.Tasks.Values.Select(static policy => policy.Queue).OfType<string>());
        names.UnionWith(handlers.SelectMany(static set => set.Handlers).Select(static handler => handler.Definition.Policy.Queue).OfType<string>());
        if (worker is not null) names.UnionWith(worker.Options.QueueNames);
        return names;
    }
}
