using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>
/// A call that waits for its first argument, the result of the task before: <c>MathTasks.AddTask(Prev, 4)</c>. Inert and immutable. It follows a signature by <c>|</c>, and is what
/// <see cref="Signature{T}.Link{TNext}(Step{T, TNext})"/> takes.
/// </summary>
/// <typeparam name="TIn">What it takes from the task before.</typeparam>
/// <typeparam name="TOut">What it returns.</typeparam>
public class Step<TIn, TOut>
{
    /// <summary>Creates a step. Generated code does.</summary>
    /// <param name="definition">The task.</param>
    /// <param name="arguments">The arguments behind the first one.</param>
    /// <param name="result">Reads the result.</param>
    /// <param name="options">Options of this call; <c>null</c> for none.</param>
    public Step(TaskDefinition definition, TaskArguments arguments, WireConverter<TOut> result, CallOptions? options = null)
        : this(new Signature<TOut>(definition, arguments, result, options))
    {
    }

    internal Step(Signature<TOut> call) => Call = call;

    /// <summary>The call without its first argument.</summary>
    internal Signature<TOut> Call { get; }

    /// <summary>A chain: the signature, then this step with its result. After a group it is a chord: this step gets the list of the results.</summary>
    public static Signature<TOut> operator |(Signature<TIn> previous, Step<TIn, TOut> step)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(step);
        return Signatures.ChainBuilder.Append(previous, step.Call);
    }

    /// <summary>A copy with changed options.</summary>
    /// <param name="configure">Changes a copy of the options.</param>
    public Step<TIn, TOut> With(Action<CallOptions> configure) => new(Call.With(configure));

    /// <summary>A copy with a callback for its success, as <see cref="Signature{T}.Link{TNext}(Step{T, TNext})"/>.</summary>
    public Step<TIn, TOut> Link<TNext>(Step<TOut, TNext> callback) => new(Call.Link(callback));

    /// <summary>A copy with a callback for its failure, as <see cref="Signature{T}.LinkError{TNext}(Step{string, TNext})"/>.</summary>
    public Step<TIn, TOut> LinkError<TNext>(Step<string, TNext> errback) => new(Call.LinkError(errback));

    /// <summary>A copy with a callback for its success that takes nothing from it.</summary>
    /// <param name="callback">The call.</param>
    public Step<TIn, TOut> Link<TNext>(ImmutableSignature<TNext> callback) => new(Call.Link(callback));

    /// <summary>A copy with a callback for its failure that takes nothing from it.</summary>
    /// <param name="errback">The call.</param>
    public Step<TIn, TOut> LinkError<TNext>(ImmutableSignature<TNext> errback) => new(Call.LinkError(errback));

    /// <summary>As Python shows a signature, without the argument that it waits for: <c>math.add(4)</c>.</summary>
    public override string ToString() => Call.ToString();
}
