using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Hosting;

/// <summary>Broker and results of a host whose code names none: by the configuration, else by default.</summary>
internal static class DefaultServices
{
    private const string Memory = "memory://";

    internal static IBroker Broker(IServiceProvider services)
    {
        var url = services.GetRequiredService<TaskQueueOptions>().Broker ?? throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration,
            "No broker is configured. Call UseBroker(\"amqp://…\"), UseBroker(\"redis://…\") or UseInMemory() in AddTaskQueue, or set TaskQueue:Broker.");
        return BrokerSchemes.Create(services, url);
    }

    internal static IResultBackend Results(IServiceProvider services)
    {
        var url = services.GetRequiredService<TaskQueueOptions>().Results;
        if (url is null && services.GetRequiredService<IBroker>().Address.StartsWith(Memory, StringComparison.Ordinal)) url = Memory;
        return url is null ? new DisabledResultBackend() : ResultSchemes.Create(services, url);
    }

    internal static IRevocationStore? RevocationStore(IServiceProvider services) => RevocationStores.Choose(
        services.GetRequiredService<IBroker>(), services.GetRequiredService<IResultBackend>(), services.GetRequiredService<TaskQueueOptions>().StoreRevocations);

    /// <summary>Where permits are counted: by the broker where it can, else by the result store; <c>null</c> where neither can.</summary>
    internal static IPermitStore? PermitStore(IServiceProvider services) =>
        services.GetRequiredService<IBroker>() as IPermitStore ?? services.GetRequiredService<IResultBackend>() as IPermitStore;

    /// <summary>Where keys of unique tasks are kept: by the broker where it can, else by the result store; <c>null</c> where neither can.</summary>
    internal static IUniqueKeyStore? UniqueKeyStore(IServiceProvider services) =>
        services.GetRequiredService<IBroker>() as IUniqueKeyStore ?? services.GetRequiredService<IResultBackend>() as IUniqueKeyStore;

    /// <summary>What a worker has of this host.</summary>
    internal static WorkerSurroundings Surroundings(IServiceProvider services)
    {
        var lifetime = services.GetService<IHostApplicationLifetime>();
        return new WorkerSurroundings
        {
            Revocations = RevocationStore(services),
            Clock = services.GetRequiredService<LamportClock>(),
            BrokerSettings = services.GetRequiredService<BrokerSettings>(),
            Canvases = services.GetRequiredService<CanvasSender>(),
            Permits = PermitStore(services),
            UniqueKeys = UniqueKeyStore(services),
            Extensions = new WorkerExtensions([.. services.GetServices<TaskFilterRegistration>()], [.. services.GetServices<IWorkerEvents>()]),
            Shutdown = lifetime is null ? null : lifetime.StopApplication,
        };
    }

    internal static ITaskControl Control(IServiceProvider services) => new TaskControl(services.GetRequiredService<ControlClient>(), RevocationStore(services));
}
