using CeleryNet;
using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Control;
using CeleryNet.Events;
using CeleryNet.Hosting;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a task queue to a host.</summary>
public static class TaskQueueServiceCollectionExtensions
{
    /// <summary>
    /// Adds the task queue of this host: <c>services.AddTaskQueue(queue => queue.UseBroker("redis://localhost").AddTasks())</c>. <see cref="ITaskClient"/> is injected then.
    /// Calling it again, in a library for example, adds to what is there.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says what the task queue consists of.</param>
    public static IServiceCollection AddTaskQueue(this IServiceCollection services, Action<TaskQueueBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        AddCore(services);
        configure(new TaskQueueBuilder(services));
        return services;
    }

    private static void AddCore(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new TaskQueueSettings(provider.GetServices<TaskQueueOptionsChange>(), provider.GetService<IConfiguration>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<TaskQueueSettings>().Options);
        services.TryAddSingleton(provider => provider.GetRequiredService<TaskQueueSettings>().ToWireOptions());
        services.TryAddSingleton(provider => provider.GetRequiredService<TaskQueueSettings>().ToBrokerSettings());
        services.TryAddSingleton(provider => provider.GetRequiredService<TaskQueueSettings>().ToClientSettings());
        services.TryAddSingleton(provider => new QueueCatalog(provider.GetRequiredService<TaskQueueOptions>().Queues.Values));
        services.TryAddSingleton(provider => new TaskHandlerTable(provider.GetServices<TaskHandlerSet>()));

        services.TryAddSingleton<LamportClock>();
        services.TryAddSingleton(DefaultServices.Broker);
        services.TryAddSingleton(DefaultServices.Results);
        services.TryAddSingleton<TaskRouter>();
        services.TryAddSingleton<MessageFactory>();
        services.TryAddSingleton<LamportClock>();
        services.TryAddSingleton(provider => new ControlClient(
            provider.GetRequiredService<IBroker>(), provider.GetRequiredService<LamportClock>(), provider.GetRequiredService<WireOptions>(), provider.GetRequiredService<TimeProvider>(),
            LoggerOf<ControlClient>(provider)));
        services.TryAddSingleton(DefaultServices.Control);
        services.TryAddSingleton<ITaskInspector>(provider => new TaskInspector(provider.GetRequiredService<ControlClient>()));
        services.TryAddSingleton(provider => new SentEvents(
            provider.GetRequiredService<TaskQueueOptions>().SendTaskSentEvents,
            provider.GetRequiredService<IBroker>(),
            provider.GetRequiredService<MessageFactory>().Origin,
            provider.GetRequiredService<LamportClock>(),
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<TaskClient>(provider)));
        services.TryAddSingleton<IEventReceiver>(provider => new EventReceiver(
            provider.GetRequiredService<IBroker>(),
            provider.GetRequiredService<LamportClock>(),
            provider.GetRequiredService<WireOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<EventReceiver>(provider)));
        services.TryAddSingleton(provider => CanvasSenderOf(provider, provider.GetRequiredService<IBroker>(), provider.GetRequiredService<SentEvents>()));
        services.TryAddSingleton(provider => ClientOf(
            provider, provider.GetRequiredService<IBroker>(), provider.GetRequiredService<CanvasSender>(), provider.GetRequiredService<SentEvents>()));
        services.TryAddSingleton<ITaskClient>(provider => provider.GetRequiredService<TaskClient>());
        services.TryAddSingleton<IDeadLetters>(provider => new DeadLetterClient(provider.GetRequiredService<IBroker>(), provider.GetRequiredService<QueueCatalog>()));
        services.TryAddSingleton<ITaskQueues>(provider => new QueueClient(
            provider.GetRequiredService<IBroker>(),
            KnownQueues.Of(provider.GetRequiredService<TaskQueueOptions>(), provider.GetServices<TaskHandlerSet>(), provider.GetService<WorkerSettings>()),
            provider.GetRequiredService<ControlClient>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupCheck, PolicyCheck>(provider => new PolicyCheck(
            provider.GetRequiredService<TaskQueueSettings>(), provider.GetServices<TaskHandlerSet>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TaskQueueStart>(provider => new TaskQueueStart(
            provider, provider.GetRequiredService<TaskQueueSettings>(), provider.GetServices<IStartupCheck>(), LoggerOf<TaskQueueStart>(provider))));
    }

    private static CanvasSender CanvasSenderOf(IServiceProvider provider, IBroker broker, SentEvents? events) => new(
        provider.GetRequiredService<MessageFactory>(),
        broker,
        provider.GetRequiredService<IResultBackend>(),
        provider.GetRequiredService<TaskHandlerTable>(),
        provider.GetRequiredService<WireOptions>(),
        provider.GetRequiredService<TimeProvider>(),
        LoggerOf<TaskClient>(provider),
        events);

    private static TaskClient ClientOf(IServiceProvider provider, IBroker broker, CanvasSender canvas, SentEvents? events) => new(
        provider.GetRequiredService<MessageFactory>(),
        broker,
        provider.GetRequiredService<IResultBackend>(),
        provider.GetRequiredService<ITaskControl>(),
        new UniqueCalls(
            provider.GetRequiredService<IBroker>(),
            provider.GetRequiredService<IResultBackend>(),
            DefaultServices.UniqueKeyStore(provider),
            provider.GetRequiredService<TaskHandlerTable>(),
            provider.GetRequiredService<ITaskControl>(),
            provider.GetRequiredService<WireOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<TaskClient>(provider)),
        canvas,
        provider.GetRequiredService<WireOptions>(),
        provider.GetRequiredService<TimeProvider>(),
        LoggerOf<TaskClient>(provider),
        provider.GetServices<ClientFilterRegistration>().ToArray() is { Length: > 0 } filters ? new ClientFilters(filters, provider) : null,
        events)
    {
        Rebind = choose =>
        {
            var other = choose(provider);
            return ClientOf(provider, other, CanvasSenderOf(provider, other, events: null), events: null);
        },
    };

    // A bare service collection has no logging; registering a null one here would win over an AddLogging that comes later.
    private static ILogger<T> LoggerOf<T>(IServiceProvider provider) => provider.GetService<ILoggerFactory>()?.CreateLogger<T>() ?? NullLogger<T>.Instance;
}
