using CeleryNet.Contracts.RandomCanvases;

namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>Forms of canvases that Debian's Celery 5.2 gets wrong by itself, by name. They are run by .NET workers, and left out where Python workers take part.</summary>
internal static class CeleryFaults
{
    /// <summary>The name of such a form in the canvas; <c>null</c> for none.</summary>
    internal static string? In(CanvasNode canvas)
    {
        if (HasFailure(canvas) && !IsFlat(canvas)) return "failure in a nested canvas: chords after it or around it, and what follows them, are never told";
        if (Tasks(canvas).Any(static task => task.Replacement is { } replacement && HasGroup(replacement))) return "replacement with a group in it: its members are reversed, or their number is taken for the header's";
        return null;
    }

    // Of these Celery tells the end: one task, a chain of tasks, and a group or chord of both whose body is a task.
    private static bool IsFlat(CanvasNode canvas) => canvas switch
    {
        GroupNode group => group.Members.All(IsLine),
        ChordNode chord => chord.Header.All(IsLine) && chord.Body is TaskNode { Replacement: null },
        _ => IsLine(canvas),
    };

    private static bool IsLine(CanvasNode node) => (node is ChainNode chain ? chain.Steps : [node]).All(static step => step is TaskNode { Replacement: null });

    private static bool HasFailure(CanvasNode canvas) => Tasks(canvas).Any(static task => task.Kind is TaskNodeKind.Fails or TaskNodeKind.Expired);

    private static bool HasGroup(CanvasNode canvas) => canvas switch
    {
        GroupNode => true,
        ChainNode chain => chain.Steps.Any(HasGroup),
        ChordNode chord => chord.Header.Any(HasGroup) || HasGroup(chord.Body),
        _ => false,
    };

    private static IEnumerable<TaskNode> Tasks(CanvasNode canvas) => canvas switch
    {
        TaskNode task => task.Replacement is { } replacement ? Tasks(replacement).Prepend(task) : [task],
        ChainNode chain => chain.Steps.SelectMany(Tasks),
        GroupNode group => group.Members.SelectMany(Tasks),
        ChordNode chord => chord.Header.Append(chord.Body).SelectMany(Tasks),
        _ => [],
    };
}
