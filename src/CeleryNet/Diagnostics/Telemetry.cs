using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>Traces and metrics, both named <c>CeleryNet</c>, after OpenTelemetry's messaging conventions.</summary>
internal static partial class Telemetry
{
    internal const string Name = "CeleryNet";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
}
