using CeleryNet.Benchmarks.Harness;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using RabbitMQ.Client;

namespace CeleryNet.Benchmarks.RabbitMQ;

/// <summary>The client library alone, set up as a careful user would.</summary>
internal static class RawConnection
{
    internal static Task<IConnection> OpenAsync(string name) => new ConnectionFactory
    {
        Uri = new Uri(Servers.RabbitMQ),
        ClientProvidedName = name,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
    }.CreateConnectionAsync();

    internal static Task DeclareAsync(IChannel channel, string queue, bool isQuorum = false) => channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false, isQuorum ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" } : null);

    /// <summary>Properties of real messages, made before the measurement: the baseline encodes nothing.</summary>
    internal static BasicProperties[] Properties(int count) => [.. Enumerable.Range(0, count).Select(_ => PropertiesOf(SampleMessages.Create()))];

    internal static BasicProperties PropertiesOf(TaskMessage message) => new()
    {
        ContentType = message.ContentType,
        ContentEncoding = message.ContentEncoding,
        CorrelationId = message.CorrelationId,
        ReplyTo = message.ReplyTo ?? "",
        DeliveryMode = DeliveryModes.Persistent,
        Priority = 0,
        Headers = HeaderTable.Write(message),
    };
}
