using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>A call of a task, or a canvas, that returns <typeparamref name="T"/>.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public class Signature<T> : Signature
{
    /// <summary>Creates a signature.</summary>
    /// <param name="definition">The task.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="result">Reads the result.</param>
    /// <param name="options">Options of this call; <c>null</c> for none.</param>
    public Signature(TaskDefinition definition, TaskArguments arguments, WireConverter<T> result, CallOptions? options = null)
        : base(definition, arguments, options)
    {
        ArgumentNullException.ThrowIfNull(result);
        Result = result;
    }

    internal Signature(Signature<T> other, CanvasPart part) : this(other.Definition, other.Arguments, other.Result, other.Options) => Part = part;

    /// <summary>Reads the result.</summary>
    public WireConverter<T> Result { get; }

    /// <inheritdoc cref="Signature.With"/>
    public new Signature<T> With(Action<CallOptions> configure) => new(Definition, Arguments, Result, Changed(configure)) { Part = Part };

    /// <inheritdoc cref="Signature.Stamp"/>
    public new Signature<T> Stamp(string name, object? value) => new(this, Stamped(name, value));

    /// <summary>A copy that takes nothing from the task before it: Celery's <c>si</c>. So it may follow any task, and be a callback of any.</summary>
    public new ImmutableSignature<T> Immutable() => new(this);

    /// <summary>A copy with a callback: a worker sends it with the result when the task succeeds. Of a chain it is that of the last task, of a chord that of the body; a group takes none, follow it with a step.</summary>
    /// <param name="callback">The call, whose first argument is the result.</param>
    /// <exception cref="ArgumentException">It is a group.</exception>
    public Signature<T> Link<TOut>(Step<T, TOut> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Linked(callback.Call);
    }

    /// <summary>A copy with a callback that takes nothing from it.</summary>
    /// <inheritdoc cref="Link{TOut}(Step{T, TOut})"/>
    public new Signature<T> Link<TOut>(ImmutableSignature<TOut> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Linked(callback);
    }

    /// <summary>
    /// A copy with an error callback: a worker sends it when the task fails, with the id of the task that failed. Of a chain it is that of every task, of a group that of every member, of a chord that
    /// of its body, whose id it gets then.
    /// </summary>
    /// <param name="errback">The call, whose first argument is the id.</param>
    public new Signature<T> LinkError<TOut>(Step<string, TOut> errback)
    {
        ArgumentNullException.ThrowIfNull(errback);
        return WithErrback(errback.Call);
    }

    /// <summary>A copy with an error callback that takes nothing from it.</summary>
    /// <param name="errback">The call.</param>
    public new Signature<T> LinkError<TOut>(ImmutableSignature<TOut> errback)
    {
        ArgumentNullException.ThrowIfNull(errback);
        return WithErrback(errback);
    }

    private Signature<T> Linked(Signature callback)
    {
        if (Part is { Kind: SignatureKind.Group }) throw new ArgumentException("A group has no callback, as it does not end as a whole. Follow it with a step, which makes it a chord.", nameof(callback));
        var part = Part ?? CanvasPart.Plain;
        return new Signature<T>(this, part with { Links = [.. part.Links, callback] });
    }

    private Signature<T> WithErrback(Signature errback)
    {
        var part = Part ?? CanvasPart.Plain;
        return new Signature<T>(this, part with { Errbacks = [.. part.Errbacks, errback] });
    }
}
