using System.Diagnostics.CodeAnalysis;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>
/// Puts calls together: <c>Canvas.Group(…)</c> side by side, <c>|</c> one after the other. With <c>using static CeleryNet.Canvas;</c> a step is written <c>MathTasks.AddTask(Prev, 4)</c>.
/// </summary>
public static class Canvas
{
    /// <summary>Stands for the result of the task before.</summary>
    public static PreviousResult Prev => default;

    /// <summary>Tasks side by side: Celery's <c>group</c>. Followed by a step it is the header of a chord.</summary>
    /// <param name="members">The calls, in the order of their results. A group among them counts as one member, whose result is a list.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static GroupSignature<T> Group<T>(IEnumerable<Signature<T>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Of([.. members]);
    }

    /// <inheritdoc cref="Group{T}(IEnumerable{Signature{T}})"/>
    public static GroupSignature<T> Group<T>(params Signature<T>[] members) => Group((IEnumerable<Signature<T>>)members);

    /// <summary>Tasks of different kinds side by side; tasks that return nothing too.</summary>
    /// <inheritdoc cref="Group{T}(IEnumerable{Signature{T}})"/>
    public static GroupSignature<object?> Group(IEnumerable<Signature> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return Of([.. members.Select(member => member?.AsAny()!)]); // a null is refused there
    }

    /// <inheritdoc cref="Group(IEnumerable{Signature})"/>
    public static GroupSignature<object?> Group(params Signature[] members) => Group((IEnumerable<Signature>)members);

    /// <summary>Steps side by side, each of which gets the result of the task before.</summary>
    /// <param name="steps">The steps, in the order of their results.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static GroupStep<TIn, T> Group<TIn, T>(IEnumerable<Step<TIn, T>> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return new GroupStep<TIn, T>(Of([.. steps.Select(step => step.Call)]));
    }

    /// <inheritdoc cref="Group{TIn, T}(IEnumerable{Step{TIn, T}})"/>
    public static GroupStep<TIn, T> Group<TIn, T>(params Step<TIn, T>[] steps) => Group((IEnumerable<Step<TIn, T>>)steps);

    /// <summary>One task that calls another for each item, one after the other, and returns the list: Celery's <c>map</c>. <c>Canvas.Map(ids.Select(id => ImageTasks.SizeTask(id)))</c></summary>
    /// <param name="calls">Calls of one task with one argument each.</param>
    /// <exception cref="ArgumentException">They are not of one task, or there are none.</exception>
    public static Signature<IReadOnlyList<T>> Map<T>(IEnumerable<Signature<T>> calls) => MapBuilder.Map(calls, "celery.map");

    /// <summary>One task that calls another for each list of arguments, one after the other, and returns the list: Celery's <c>starmap</c>.</summary>
    /// <param name="calls">Calls of one task.</param>
    /// <exception cref="ArgumentException">They are not of one task, or there are none.</exception>
    public static Signature<IReadOnlyList<T>> Starmap<T>(IEnumerable<Signature<T>> calls) => MapBuilder.Map(calls, "celery.starmap");

    /// <summary>The calls in parts of <paramref name="size"/>, each part one task that does its calls one after the other: Celery's <c>chunks</c>, sent as a group of <c>starmap</c>.</summary>
    /// <param name="calls">Calls of one task.</param>
    /// <param name="size">Calls per part; at least 1.</param>
    /// <exception cref="ArgumentException">They are not of one task, or there are none.</exception>
    public static GroupSignature<IReadOnlyList<T>> Chunks<T>(IEnumerable<Signature<T>> calls, int size)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return Group(calls.Chunk(size).Select(part => MapBuilder.Map(part, "celery.starmap")));
    }

    /// <summary>A batch: a group of tasks that grows while it runs, with callbacks on success, on failure and on completion. <see cref="ITaskClient.CreateBatchAsync"/> makes one.</summary>
    public static BatchSignature Batch() => BatchSignature.Empty;

    private static GroupSignature<T> Of<T>(Signature<T>[] members)
    {
        if (members.Length == 0) throw new ArgumentException("A group has at least one member.", nameof(members));
        foreach (var member in members) ArgumentNullException.ThrowIfNull(member, nameof(members));
        var part = new CanvasPart { Kind = SignatureKind.Group, Members = members };
        return new GroupSignature<T>(part, WireConverters.NotNull(WireConverters.IReadOnlyList(members[0].Result)), members[0].Result);
    }
}
