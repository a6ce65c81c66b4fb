using CeleryNet.Brokers;
using CeleryNet.Results;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet;

/// <summary>Collects what a task queue consists of. Made by <c>services.AddTaskQueue(…)</c>; every method returns the builder and does nothing but register.</summary>
public sealed partial class TaskQueueBuilder
{
    internal TaskQueueBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Uses the broker that <paramref name="create"/> makes. Broker packages call this; the last call wins.</summary>
    public TaskQueueBuilder UseBroker(Func<IServiceProvider, IBroker> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }

    /// <summary>Uses the result backend that <paramref name="create"/> makes. Backend packages call this; the last call wins.</summary>
    public TaskQueueBuilder UseResults(Func<IServiceProvider, IResultBackend> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }
}
