using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>Traces and metrics of the core, both named <c>CeleryNet</c>. Names follow OpenTelemetry's conventions for messaging.</summary>
/// <remarks>Static, as the framework's own sources are: listeners find them by name, and without listeners they cost next to nothing.</remarks>
internal static class Telemetry
{
    /// <summary>Name of the source and of the meter.</summary>
    internal const string Name = "CeleryNet";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    internal const string System = "messaging.system";
    internal const string Destination = "messaging.destination.name";
    internal const string RoutingKey = "messaging.rabbitmq.destination.routing_key";
    internal const string OperationName = "messaging.operation.name";
    internal const string OperationType = "messaging.operation.type";
    internal const string MessageId = "messaging.message.id";
    internal const string BodySize = "messaging.message.body.size";
    internal const string BatchCount = "messaging.batch.message_count";
    internal const string ErrorType = "error.type";
    internal const string TaskName = "celerynet.task.name";

    /// <summary>The value of <c>messaging.system</c> for an address: OpenTelemetry's name where it has one, else the scheme.</summary>
    internal static string SystemOf(string address)
    {
        var end = address.IndexOf("://", StringComparison.Ordinal);
        return (end < 0 ? address : address[..end]) switch
        {
            "amqp" or "amqps" or "pyamqp" => "rabbitmq",
            "redis" or "rediss" => "redis",
            var scheme => scheme,
        };
    }
}
