using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>Brokers against the test server, and a raw connection to look behind them.</summary>
internal static class TestBrokers
{
    internal static RabbitMQBroker Create(
        string? url = null, Action<RabbitMQOptions>? configure = null, TimeSpan? publishTimeout = null, TimeProvider? time = null, ILoggerFactory? loggers = null)
    {
        var options = new RabbitMQOptions();
        configure?.Invoke(options);
        var settings = new BrokerSettings { PublishTimeout = publishTimeout ?? TimeSpan.FromSeconds(5) };
        return new RabbitMQBroker(
            RabbitMQSettings.From(ConnectionString.ParseAll(url ?? TestServers.RabbitMQ), options, settings), new WireOptions(), time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance);
    }
}
