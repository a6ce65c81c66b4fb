using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: BrokerScheme("amqp", typeof(CeleryNet.RabbitMQ.RabbitMQBrokerFactory))]
[assembly: BrokerScheme("amqps", typeof(CeleryNet.RabbitMQ.RabbitMQBrokerFactory))]
[assembly: BrokerScheme("pyamqp", typeof(CeleryNet.RabbitMQ.RabbitMQBrokerFactory))]

namespace CeleryNet.RabbitMQ;

/// <summary>Makes the broker of <c>amqp://</c>, <c>amqps://</c> and <c>pyamqp://</c> URLs.</summary>
public sealed class RabbitMQBrokerFactory : IBrokerFactory
{
    private RabbitMQBrokerFactory() { }

    /// <inheritdoc/>
    public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(urls);
        return Create(services, urls, new RabbitMQOptions());
    }

    internal static RabbitMQBroker Create(IServiceProvider services, IReadOnlyList<ConnectionString> urls, RabbitMQOptions options)
    {
        var settings = Get<BrokerSettings>(services) ?? new BrokerSettings();
        return new RabbitMQBroker(
            RabbitMQSettings.From(urls, options, settings),
            Get<WireOptions>(services) ?? new WireOptions(),
            Get<TimeProvider>(services) ?? TimeProvider.System,
            Get<ILoggerFactory>(services) ?? NullLoggerFactory.Instance);
    }

    private static T? Get<T>(IServiceProvider services) where T : class => services.GetService(typeof(T)) as T;
}
