using System.Diagnostics;

namespace CeleryNet.Chaos.Tests.Counting;

/// <summary>What a row found: every number that does not meet the table, all of them at once.</summary>
public sealed class Verdict(string row)
{
    private static readonly Lock Gate = new();

    private readonly List<string> _findings = [];
    private readonly List<string> _notes = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Findings => _findings;

    /// <summary>Everything in one line.</summary>
    public string Summary => $"{row} | {Stopwatch.GetElapsedTime(_started).TotalSeconds:0} s | {string.Join(", ", _notes)}";

    /// <summary>Demands something of the row.</summary>
    /// <param name="isKept">Whether it is so.</param>
    /// <param name="name">Which number of the table.</param>
    /// <param name="seen">What was seen instead.</param>
    public void Demand(bool isKept, string name, string seen)
    {
        if (!isKept) _findings.Add($"{name}: {seen}");
    }

    /// <summary>Keeps a number for the report.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Judges the counters.</summary>
    public void Judge(Tally tally, Bounds bounds)
    {
        Note(tally.ToString());
        Demand(tally.Lost.Count == 0, "lost", Some(tally.Lost));
        Demand(tally.Unexpected.Count == 0, "unexpected", Some(tally.Unexpected));
        Demand(tally.Untyped.Count == 0, "untyped", Some([.. tally.Untyped.Select(error => error.ToString())]));
        if (bounds.FlagsAreSure)
        {
            Demand(tally.Redelivered <= bounds.Duplicates, "dup", $"{tally.Redelivered} redelivered tasks began twice, at most {bounds.Duplicates} may");
            Demand(tally.Unexplained.Count == 0, "unflagged", $"began twice without a flag: {Some(tally.Unexplained)}");
        }
        else
        {
            Demand(tally.Duplicates - tally.Indeterminate <= bounds.Duplicates, "dup", $"{tally.Duplicates} tasks began twice, at most {bounds.Duplicates} may");
        }

        Demand(tally.Recovered <= bounds.Recovered, "recovered", $"{tally.Recovered?.ToString() ?? "never"}, at most {bounds.Recovered}");
        Demand(tally.LongestStall < TimeSpan.FromSeconds(20), "stuck", $"no task ended for {tally.LongestStall} while some were waiting");
        Demand(tally.LongestPublish <= bounds.Publish, "publish", $"a publish took {tally.LongestPublish}, at most {bounds.Publish}");
    }

    /// <summary>Adds the summary and the findings to the file that <c>CELERYNET_CHAOS_REPORT</c> names, if any.</summary>
    public void Report(string outcome)
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_CHAOS_REPORT") is not { Length: > 0 } path) return;
        lock (Gate) File.AppendAllLines(path, [$"{outcome} | {Summary}", .. _findings.Select(finding => $"    {finding}")]);
    }

    private static string Some(IReadOnlyList<string> items) => $"{items.Count}: {string.Join(", ", items.Take(10))}";
}
