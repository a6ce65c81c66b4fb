namespace CeleryNet.Scheduling;

/// <summary>How far an entry has come.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastRun">The moment for which it was sent last.</param>
/// <param name="LastSent">When that was.</param>
/// <param name="TotalRuns">How often it was sent.</param>
public sealed record EntryProgress(string Name, DateTimeOffset LastRun, DateTimeOffset LastSent, long TotalRuns)
{
    /// <summary>True when this is not behind the other.</summary>
    internal bool IsAtLeast(EntryProgress other) => (LastRun, TotalRuns).CompareTo((other.LastRun, other.TotalRuns)) >= 0;
}
