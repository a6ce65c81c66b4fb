using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>A call that takes nothing from the task before it: Celery's <c>si</c>. So it may follow any task.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public sealed class ImmutableSignature<T> : Signature<T>
{
    internal ImmutableSignature(Signature<T> call) : base(call, (call.Part ?? CanvasPart.Plain) with { IsImmutable = true })
    {
    }

    /// <summary>A chain: the signature, then this call, whatever the first returns.</summary>
    public static Signature<T> operator |(Signature previous, ImmutableSignature<T> next)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(next);
        return ChainBuilder.Append(previous, next);
    }

    /// <inheritdoc cref="Signature{T}.With"/>
    public new ImmutableSignature<T> With(Action<CallOptions> configure) => new(base.With(configure));

    /// <inheritdoc cref="Signature{T}.Stamp"/>
    public new ImmutableSignature<T> Stamp(string name, object? value) => new(base.Stamp(name, value));
}
