using CeleryNet.Brokers;
using CeleryNet.RabbitMQ;
using CeleryNet.RabbitMQ.Results;

namespace CeleryNet;

/// <summary>Adds RabbitMQ to a task queue.</summary>
public static class RabbitMQBuilderExtensions
{
    /// <summary>Uses RabbitMQ as broker.</summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="url">One URL such as <c>amqp://user:password@host:5672/vhost</c>, or several separated by <c>;</c> that are tried in turn.</param>
    /// <param name="configure">Changes the options; called when the broker is made.</param>
    /// <exception cref="TaskQueueConfigurationException">The URL cannot be read.</exception>
    public static TaskQueueBuilder UseRabbitMQ(this TaskQueueBuilder builder, string url, Action<RabbitMQOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var urls = ConnectionString.ParseAll(url);
        return builder.UseBroker(services =>
        {
            var options = new RabbitMQOptions();
            configure?.Invoke(options);
            return RabbitMQBrokerFactory.Create(services, urls, options);
        });
    }

    /// <summary>
    /// Results travel back through RabbitMQ to the process that sent the task, as Celery's <c>rpc://</c>: nothing is stored, and only the sender can ask. The broker must be RabbitMQ.
    /// </summary>
    /// <param name="builder">The task queue.</param>
    /// <param name="configure">Changes the options; called when the backend is made.</param>
    public static TaskQueueBuilder UseRpcResults(this TaskQueueBuilder builder, Action<RpcResultOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseResults(services =>
        {
            var options = new RpcResultOptions();
            configure?.Invoke(options);
            return RpcResultBackendFactory.Create(services, options);
        });
    }
}
