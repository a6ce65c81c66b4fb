using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Testing;

/// <summary>Makes the services of a harness: what the test says, with broker, results, clock and listeners of the harness.</summary>
internal static class HarnessServices
{
    internal static ServiceProvider Build(Action<TaskQueueBuilder> configure, VirtualTime time, OpenWork work)
    {
        var services = new ServiceCollection();
        TaskQueueOptions? options = null;
        services.AddTaskQueue(queue =>
        {
            queue.AddWorker(worker =>
            {
                (worker.Concurrency, worker.NodeName) = (1, "celery@harness");
                if (options is not null) worker.Queues([.. QueuesOf(services, options)]);
            });
            configure(queue);
            queue.UseBroker(provider => new TrackedBroker(BrokerSchemes.Create(provider, "memory://"), work, provider.GetRequiredService<SentTasks>(), time)).UseResults("memory://");
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
            services.AddSingleton(provider => new SentTasks(provider.GetRequiredService<WireOptions>(), time));
            services.AddSingleton(work);
            services.AddSingleton<ILeaderLease, HarnessLease>();
            queue.AddClientFilter<SentTasks>().AddWorkerEvents<RunListener>(); // last: the innermost filter, the listener after all others
        });
        services.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(NullLogger<>)));
        var provider = services.BuildServiceProvider();
        options = OptionsOf(provider); // before anything asks for those of the worker
        return provider;
    }

    private static TaskQueueOptions? OptionsOf(ServiceProvider provider)
    {
        try
        {
            return provider.GetRequiredService<TaskQueueOptions>();
        }
        catch (TaskQueueConfigurationException)
        {
            return null; // the start says it, with all else that is wrong
        }
    }

    // The default queue and those of attributes and configuration, so that a task runs wherever its own policy sends it. The test's own AddWorker comes later and wins.
    private static IEnumerable<string> QueuesOf(IServiceCollection services, TaskQueueOptions options)
    {
        yield return options.DefaultQueue;
        foreach (var queue in options.Tasks.Values.Select(policy => policy.Queue).OfType<string>()) yield return queue;
        foreach (var handler in services.Select(service => service.ImplementationInstance).OfType<TaskHandlerSet>().SelectMany(set => set.Handlers))
        {
            if (handler.Definition.Policy.Queue is { } queue) yield return queue;
        }
    }
}
