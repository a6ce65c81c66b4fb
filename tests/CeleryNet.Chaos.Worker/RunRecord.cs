using System.Diagnostics;
using System.Text;

namespace CeleryNet.Chaos.Worker;

/// <summary>
/// Writes down every start and end of a task so that it outlives a kill: one file per process, each line one write to the system, nothing kept in the process.
/// </summary>
public static class RunRecord
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<FileStream> File = new(() => new FileStream(
        Path.Combine(ChaosSettings.Read(ChaosSettings.Records), $"{Environment.ProcessId}.log"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));

    // Wall time at the first record, from then on by the monotonic clock: a step of the wall clock is a fault, and must not move the records.
    private static readonly (DateTimeOffset Time, long Timestamp) Origin = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());

    private static int _runs;

    /// <summary>Reads the clock before anything can have moved it.</summary>
    public static void Begin() => _ = Origin;

    /// <summary>Notes the start of a task.</summary>
    /// <returns>A name of this run, unlike that of any other.</returns>
    public static string Start(string key, TaskContext context)
    {
        var run = $"{Environment.ProcessId}.{Interlocked.Increment(ref _runs)}";
        Write("start", key, run, context.IsRedelivered);
        return run;
    }

    /// <summary>Notes the end of a task.</summary>
    public static void End(string key, string run, TaskContext context) => Write("end", key, run, context.IsRedelivered);

    private static void Write(string what, string key, string run, bool isRedelivered)
    {
        var line = Encoding.UTF8.GetBytes($"{what} {key} {(Origin.Time + Stopwatch.GetElapsedTime(Origin.Timestamp)).ToUnixTimeMilliseconds()} {run} {(isRedelivered ? 1 : 0)}\n");
        lock (Gate) File.Value.Write(line);
    }
}
