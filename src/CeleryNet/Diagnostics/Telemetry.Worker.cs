using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>What a worker reports.</summary>
internal static partial class Telemetry
{
    private static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "Duration of running a task", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600] });

    private static readonly Counter<long> ConsumedMessages = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages delivered to this worker");

    /// <summary>Starts the span of a run as a child of the sender's, whose W3C context came in the headers.</summary>
    internal static Activity? StartProcess(string task, string? taskId, string queue, string? traceParent, string? traceState)
    {
        if (!Source.HasListeners()) return null;
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        var activity = Source.StartActivity($"process {queue}", ActivityKind.Consumer, parent);
        if (activity is null) return null;
        activity.SetTag(OperationName, "process");
        activity.SetTag(OperationType, "process");
        activity.SetTag(Destination, queue);
        activity.SetTag(MessageId, taskId);
        activity.SetTag(TaskName, task);
        return activity;
    }

    internal static void Consumed(string queue) =>
        ConsumedMessages.Add(1, new KeyValuePair<string, object?>(Destination, queue));

    internal static void Processed(string task, string queue, string state, TimeSpan elapsed)
    {
        if (!ProcessDuration.Enabled) return;
        ProcessDuration.Record(
            elapsed.TotalSeconds,
            new(Destination, queue),
            new(TaskName, task),
            new KeyValuePair<string, object?>("celerynet.task.state", state));
    }
}
