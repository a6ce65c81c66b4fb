using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;

[assembly: ResultScheme("rpc", typeof(CeleryNet.RabbitMQ.Results.RpcResultBackendFactory))]

namespace CeleryNet.RabbitMQ.Results;

/// <summary>Makes the backend of <c>rpc://</c>.</summary>
public sealed class RpcResultBackendFactory : IResultBackendFactory
{
    private RpcResultBackendFactory() { }

    /// <inheritdoc/>
    public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(urls);
        var url = urls[0];
        if (urls.Count > 1 || url.Host is not null || url.User is not null || !string.IsNullOrEmpty(url.Path) || url.Query.Count > 0)
        {
            throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration, $"The results '{url}' name an address, but rpc results always travel through the broker. Write 'rpc://' alone.");
        }

        return Create(services, new RpcResultOptions());
    }

    internal static RpcResultBackend Create(IServiceProvider services, RpcResultOptions options)
    {
        options.Validate();
        var broker = services.GetService(typeof(IBroker)) as IBroker;
        return broker is RabbitMQBroker rabbit
            ? new RpcResultBackend(rabbit, options)
            : throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"Results travel by rpc, which needs RabbitMQ as broker, but the broker is {(broker is null ? "missing" : $"'{broker.Address}'")}. Use RabbitMQ, or another result backend.");
    }
}
