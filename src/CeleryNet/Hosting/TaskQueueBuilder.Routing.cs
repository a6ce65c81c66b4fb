using CeleryNet.Brokers;

namespace CeleryNet;

public sealed partial class TaskQueueBuilder
{
    /// <summary>Sends the tasks that nothing routes elsewhere to another queue than <c>celery</c>.</summary>
    /// <param name="name">Name of the queue.</param>
    public TaskQueueBuilder DefaultQueue(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Configure(options => options.DefaultQueue = name);
    }

    /// <summary>Declares a queue other than Celery would: <c>Queue("images", queue => queue.WithMaxPriority(10))</c>. Every peer must declare it with the same arguments.</summary>
    /// <param name="name">Name of the queue.</param>
    /// <param name="configure">Returns the changed declaration; <c>null</c> for the plain one.</param>
    public TaskQueueBuilder Queue(string name, Func<QueueDefinition, QueueDefinition>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var queue = new QueueDefinition(name);
        queue = configure?.Invoke(queue) ?? queue;
        return Configure(options => options.Queues[queue.Name] = queue);
    }

    /// <summary>
    /// Routes tasks to queues: <c>Routes(routes => routes.Exact("math.add", "math").Glob("images.*", "images"))</c>. The first rule that fits decides; rules of several calls follow
    /// each other, and come before those of the configuration.
    /// </summary>
    /// <param name="configure">Adds rules.</param>
    public TaskQueueBuilder Routes(Action<TaskRoutes> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var routes = new TaskRoutes();
        configure(routes);
        return Configure(options => options.Routes.AddAll(routes));
    }
}
