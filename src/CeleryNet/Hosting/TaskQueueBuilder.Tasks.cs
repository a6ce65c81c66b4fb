using System.Text.Json.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet;

public sealed partial class TaskQueueBuilder
{
    /// <summary>Adds the tasks of an assembly by its generated registry: <c>AddTasks&lt;ShopTasksRegistry&gt;()</c>. Adding one twice is harmless.</summary>
    /// <typeparam name="TRegistry">The registry.</typeparam>
    public TaskQueueBuilder AddTasks<TRegistry>() where TRegistry : ITaskRegistry
    {
        if (Services.Any(service => service.ImplementationInstance is TaskHandlerSet known && known.Registry == typeof(TRegistry))) return this;
        Services.AddSingleton(new TaskHandlerSet(typeof(TRegistry), TRegistry.Handlers));
        TRegistry.AddServices(Services);
        return this;
    }

    /// <summary>Adds the JSON metadata of the user's own argument and result types. Several contexts combine; the first that knows a type reads and writes it, by its own options.</summary>
    /// <param name="context">A source-generated context, such as <c>ShopJson.Default</c>.</param>
    public TaskQueueBuilder UseJsonContext(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Configure(options => options.JsonContexts.Add(context));
    }
}
