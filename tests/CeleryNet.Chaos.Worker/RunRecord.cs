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

    /// <summary>Notes an event of a task with its time.</summary>
    public static void Write(string what, string key)
    {
        var line = Encoding.UTF8.GetBytes($"{what} {key} {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}\n");
        lock (Gate) File.Value.Write(line);
    }
}
