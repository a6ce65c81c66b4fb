using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Tasks;

/// <summary>The tasks of one assembly. Generated, one public type per assembly, named after it; <c>AddTasks&lt;ShopTasksRegistry&gt;()</c> adds it to a host.</summary>
public interface ITaskRegistry
{
    /// <summary>The handlers, in the order of their wire names.</summary>
    static abstract IReadOnlyList<TaskHandler> Handlers { get; }

    /// <summary>Registers the classes of instance handlers as scoped services, where the user has not, and the tasks that are sent periodically.</summary>
    static abstract void AddServices(IServiceCollection services);
}
