using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>What a worker reports. A class of its own, so that its instruments are made after the meter.</summary>
internal static class WorkerTelemetry
{
    private static readonly Histogram<double> ProcessDuration = Telemetry.Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "Duration of running a task", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600] });

    private static readonly Counter<long> ConsumedMessages = Telemetry.Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages delivered to this worker");

    private static readonly Counter<long> TimeLimitsExceeded = Telemetry.Meter.CreateCounter<long>("celerynet.worker.timeouts", "{task}", "Tasks that exceeded their hard time limit");

    private static readonly UpDownCounter<long> Runaways = Telemetry.Meter.CreateUpDownCounter<long>(
        "celerynet.worker.runaways", "{task}", "Tasks that exceeded their hard time limit and still run, each on a slot that was replaced");

    /// <summary>Starts the span of a run as a child of the sender's, whose W3C context came in the headers.</summary>
    internal static Activity? StartProcess(string task, string? taskId, string queue, string? traceParent, string? traceState)
    {
        if (!Telemetry.Source.HasListeners()) return null;
        ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        var activity = Telemetry.Source.StartActivity($"process {queue}", ActivityKind.Consumer, parent);
        if (activity is null) return null;
        activity.SetTag(Telemetry.OperationName, "process");
        activity.SetTag(Telemetry.OperationType, "process");
        activity.SetTag(Telemetry.Destination, queue);
        activity.SetTag(Telemetry.MessageId, taskId);
        activity.SetTag(Telemetry.TaskName, task);
        return activity;
    }

    internal static void Consumed(string queue) =>
        ConsumedMessages.Add(1, new KeyValuePair<string, object?>(Telemetry.Destination, queue));

    internal static void TimedOut(string task, string queue) => TimeLimitsExceeded.Add(1, new(Telemetry.Destination, queue), new(Telemetry.TaskName, task));

    internal static void RunawayBegan() => Runaways.Add(1);

    internal static void RunawayEnded() => Runaways.Add(-1);

    internal static void Processed(string task, string queue, string state, TimeSpan elapsed)
    {
        if (!ProcessDuration.Enabled) return;
        ProcessDuration.Record(
            elapsed.TotalSeconds,
            new(Telemetry.Destination, queue),
            new(Telemetry.TaskName, task),
            new KeyValuePair<string, object?>("celerynet.task.state", state));
    }
}
