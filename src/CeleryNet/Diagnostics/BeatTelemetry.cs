using System.Diagnostics.Metrics;

namespace CeleryNet.Diagnostics;

/// <summary>What a beat reports.</summary>
internal static class BeatTelemetry
{
    private const string Outcome = "celerynet.beat.outcome";

    private static readonly Histogram<double> Lateness = Telemetry.Meter.CreateHistogram<double>(
        "celerynet.beat.lateness", "s", "How long after it was due a periodic task was taken by the broker",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 600] });

    private static readonly Counter<long> Sends = Telemetry.Meter.CreateCounter<long>(
        "celerynet.beat.sends", "{task}", "Periodic tasks sent (sent), found to be sent before (sent_before), left out as another one has its unique key (duplicate), or not taken (error.type)");

    internal static void Sent(string task, string outcome, TimeSpan? lateness)
    {
        Sends.Add(1, new(Telemetry.TaskName, task), new(Outcome, outcome));
        if (lateness is { } late) Lateness.Record(late.TotalSeconds, new KeyValuePair<string, object?>(Telemetry.TaskName, task));
    }

    internal static void Failed(string task, Exception error) =>
        Sends.Add(1, new(Telemetry.TaskName, task), new(Telemetry.ErrorType, error is TaskQueueException known ? known.Code : error.GetType().Name));
}
