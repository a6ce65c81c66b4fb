namespace CeleryNet.Chaos.Worker;

/// <summary>The work of the fault tests.</summary>
public static class ChaosTasks
{
    /// <summary>Notes its start, takes its time, notes its end.</summary>
    [Task("chaos.record")]
    public static async Task<string> RecordAsync(string key, int milliseconds, CancellationToken cancellationToken)
    {
        RunRecord.Write("start", key);
        await Task.Delay(milliseconds, cancellationToken);
        RunRecord.Write("end", key);
        return key;
    }
}
