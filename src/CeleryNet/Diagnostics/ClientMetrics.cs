using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>Metrics of sending.</summary>
internal static class ClientMetrics
{
    internal static readonly Counter<long> Published = Telemetry.Meter.CreateCounter<long>(
        "messaging.client.published.messages", "{message}", "Task messages the broker took, or failed to take (error.type)");

    internal static readonly Histogram<double> OperationDuration = Telemetry.Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "How long publishing took until the broker took responsibility");
}
