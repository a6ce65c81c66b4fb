using CeleryNet.Brokers;
using CeleryNet.Hosting;
using CeleryNet.Results;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CeleryNet;

/// <summary>Collects what a task queue consists of. Made by <c>services.AddTaskQueue(…)</c>; every method returns the builder and does nothing but register.</summary>
public sealed partial class TaskQueueBuilder
{
    internal TaskQueueBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Changes the options, after the configuration section <c>TaskQueue</c> was read: what code sets wins. Several calls run in their order.</summary>
    public TaskQueueBuilder Configure(Action<TaskQueueOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Services.AddSingleton(new TaskQueueOptionsChange(configure));
        return this;
    }

    /// <summary>Uses the broker that <paramref name="create"/> makes. Broker packages call this; the last call wins, also over the configuration.</summary>
    public TaskQueueBuilder UseBroker(Func<IServiceProvider, IBroker> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }

    /// <summary>
    /// Uses the broker of a connection string: <c>amqp://</c>, <c>amqps://</c>, <c>redis://</c>, <c>rediss://</c> or <c>memory://</c>; several separated by <c>;</c> are tried in turn.
    /// The last call wins, also over the configuration <c>TaskQueue:Broker</c>.
    /// </summary>
    /// <param name="url">The connection string. A wrong one fails the start of the host; its password is never printed.</param>
    public TaskQueueBuilder UseBroker(string url)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return UseBroker(services => BrokerSchemes.Create(services, url));
    }

    /// <summary>Uses the result backend that <paramref name="create"/> makes. Backend packages call this; the last call wins, also over the configuration.</summary>
    public TaskQueueBuilder UseResults(Func<IServiceProvider, IResultBackend> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.Replace(ServiceDescriptor.Singleton(create));
        return this;
    }

    /// <summary>
    /// Uses the result store of a connection string: <c>redis://</c>, <c>rediss://</c>, <c>rpc://</c>, <c>memory://</c> or <c>disabled://</c>.
    /// The last call wins, also over the configuration <c>TaskQueue:Results</c>.
    /// </summary>
    /// <param name="url">The connection string. A wrong one fails the start of the host; its password is never printed.</param>
    public TaskQueueBuilder UseResults(string url)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(url);
        return UseResults(services => ResultSchemes.Create(services, url));
    }

    /// <summary>Uses the embedded broker and result store, for tests, samples and work that may end with the process.</summary>
    public TaskQueueBuilder UseInMemory() => UseBroker("memory://").UseResults("memory://");
}
