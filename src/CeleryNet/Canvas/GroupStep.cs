using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>Steps side by side, each of which gets the result of the task before: <c>Canvas.Group(MathTasks.AddTask(Prev, 1), MathTasks.AddTask(Prev, 2))</c>.</summary>
/// <typeparam name="TIn">What they take from the task before.</typeparam>
/// <typeparam name="T">What each returns.</typeparam>
public sealed class GroupStep<TIn, T> : Step<TIn, IReadOnlyList<T>>
{
    internal GroupStep(GroupSignature<T> group) : base(group) => Group = group;

    private GroupSignature<T> Group { get; }

    /// <summary>Fans out: the signature, then all steps with its result.</summary>
    public static GroupSignature<T> operator |(Signature<TIn> previous, GroupStep<TIn, T> step)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(step);
        return new GroupSignature<T>(ChainBuilder.Join(previous, step.Group), step.Group.Result, step.Group.MemberResult);
    }
}
