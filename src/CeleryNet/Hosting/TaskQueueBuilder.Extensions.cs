using System.Diagnostics.CodeAnalysis;
using CeleryNet.Client;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CeleryNet;

public sealed partial class TaskQueueBuilder
{
    /// <summary>
    /// Runs a filter around every task of this host's worker. Filters nest in the order of these calls, the first outermost. Each attempt gets its own, from its scope, unless the type is
    /// registered otherwise before. Adding one twice is harmless.
    /// </summary>
    /// <typeparam name="TFilter">The filter; made by the services.</typeparam>
    public TaskQueueBuilder AddFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>() where TFilter : class, ITaskFilter
    {
        if (Services.Any(service => service.ImplementationInstance is TaskFilterRegistration known && known.Filter == typeof(TFilter))) return this;
        Services.TryAddScoped<TFilter>();
        Services.AddSingleton(new TaskFilterRegistration(typeof(TFilter), static services => services.GetRequiredService<TFilter>()));
        return this;
    }

    /// <summary>Runs a filter around the sending of every task. Filters nest in the order of these calls, the first outermost. A singleton; adding one twice is harmless.</summary>
    /// <typeparam name="TFilter">The filter; made by the services.</typeparam>
    public TaskQueueBuilder AddClientFilter<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFilter>() where TFilter : class, ITaskClientFilter
    {
        if (Services.Any(service => service.ImplementationInstance is ClientFilterRegistration known && known.Filter == typeof(TFilter))) return this;
        Services.TryAddSingleton<TFilter>();
        Services.AddSingleton(new ClientFilterRegistration(typeof(TFilter), static services => services.GetRequiredService<TFilter>()));
        return this;
    }

    /// <summary>Tells a listener what happens in this host's worker; several are told in the order of these calls. A singleton; adding one twice is harmless.</summary>
    /// <typeparam name="TEvents">The listener; made by the services.</typeparam>
    public TaskQueueBuilder AddWorkerEvents<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TEvents>() where TEvents : class, IWorkerEvents
    {
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IWorkerEvents, TEvents>());
        return this;
    }
}
