namespace CeleryNet.Scheduling;

/// <summary>Says what is wrong with an entry before anything is sent.</summary>
internal static class EntryCheck
{
    private const int LongestName = 200;
    private const int MostCatchUp = 10_000;

    private static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);

    /// <summary>What is wrong, without a full stop; <c>null</c> when nothing is.</summary>
    internal static string? ProblemOf(BeatEntry entry)
    {
        if (string.IsNullOrWhiteSpace(entry.Name) || entry.Name.Length > LongestName) return $"its name has {entry.Name?.Length ?? 0} characters but must have 1 to {LongestName}";
        if (entry.Schedule is null || entry.Task is null) return "it has no schedule or no task";
        if (!Enum.IsDefined(entry.Misfire)) return $"Misfire is {entry.Misfire} but must be RunOnce, Skip or CatchUp";
        if (entry.CatchUpLimit is < 1 or > MostCatchUp) return $"CatchUpLimit is {entry.CatchUpLimit} but must be from 1 to {MostCatchUp}";
        if (entry.MaxRuns < 1) return $"MaxRuns is {entry.MaxRuns} but must be at least 1";
        if (entry.Jitter < TimeSpan.Zero || entry.Jitter > LongestJitter) return $"Jitter is {entry.Jitter} but must be from 00:00:00 to {LongestJitter}";
        if (entry.End <= entry.Start) return $"End is {entry.End:O} but must be after Start, {entry.Start:O}";
        if (entry.Task.Options.TaskId is not null) return "its call has a TaskId, but the beat gives each run its own";
        try
        {
            Client.CallChecks.Options(entry.Task.Name, entry.Task.Options);
            Client.CallChecks.Priority(entry.Task.Name, entry.Task.Options.Priority);
        }
        catch (MessageFormatException error)
        {
            return error.Reason.TrimEnd('.');
        }

        return null;
    }
}
