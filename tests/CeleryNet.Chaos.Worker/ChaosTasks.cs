using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CeleryNet.Chaos.Worker;

/// <summary>The work of the fault tests.</summary>
public static class ChaosTasks
{
    /// <summary>Notes its start, takes its time, notes its end.</summary>
    /// <returns>Which run of the task it was.</returns>
    [Task("chaos.record")]
    public static async Task<string> RecordAsync(string key, int milliseconds, TaskContext context, CancellationToken cancellationToken)
    {
        var run = RunRecord.Start(key, context);
        await Task.Delay(milliseconds, cancellationToken);
        RunRecord.End(key, run, context);
        return run;
    }

    /// <summary>Notes its run under its id, by which two sends of one moment are seen.</summary>
    [Task("chaos.tick")]
    public static void Tick(TaskContext context)
    {
        var run = RunRecord.Start(context.Id, context);
        RunRecord.End(context.Id, run, context);
    }

    /// <summary>A member of a chord: notes its start, takes its time, notes its end.</summary>
    /// <returns>Its place.</returns>
    [Task("chaos.member")]
    public static async Task<int> MemberAsync(string key, int place, int milliseconds, TaskContext context, CancellationToken cancellationToken)
    {
        var run = RunRecord.Start($"{key}-{place}", context);
        await Task.Delay(milliseconds, cancellationToken);
        RunRecord.End($"{key}-{place}", run, context);
        return place;
    }

    /// <summary>A member of a chord that fails.</summary>
    [Task("chaos.broken")]
    public static int Break(string key) => throw new InvalidOperationException(key);

    /// <summary>The body of a chord.</summary>
    /// <returns>The places of its members.</returns>
    [Task("chaos.gather")]
    public static List<int> Gather(IReadOnlyList<int> places, string key, TaskContext context)
    {
        RunRecord.End(key, RunRecord.Start(key, context), context);
        return [.. places];
    }

    /// <summary>How many members a chord had.</summary>
    [Task("chaos.count")]
    public static int Count(IReadOnlyList<int> places) => places.Count;

    /// <summary>Returns the length of its argument.</summary>
    [Task("chaos.length")]
    public static int Length(string key, string text, TaskContext context)
    {
        var run = RunRecord.Start(key, context);
        RunRecord.End(key, run, context);
        return text.Length;
    }

    /// <summary>Ends the process.</summary>
    [Task("chaos.die")]
    public static void Die(string key, TaskContext context)
    {
        RunRecord.Start(key, context);
        Environment.FailFast("The task ends its process");
    }

    /// <summary>Ends the process by a stack that never ends.</summary>
    [Task("chaos.overflow")]
    public static int Overflow(string key, TaskContext context)
    {
        RunRecord.Start(key, context);
        return Deeper(1);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    [SuppressMessage("Blocker Bug", "S2190:Loops and recursions should not be infinite", Justification = "That is the fault.")]
    private static int Deeper(int depth) => Deeper(depth + 1) + depth;
}
