using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>Tasks side by side, also at the end of a chain. Sent, it gives a <see cref="GroupHandle{T}"/>; followed by a step it is the header of a chord.</summary>
/// <typeparam name="T">What each member returns.</typeparam>
public sealed class GroupSignature<T> : Signature<IReadOnlyList<T>>
{
    internal GroupSignature(CanvasPart part, WireConverter<IReadOnlyList<T>> result, WireConverter<T> memberResult, CallOptions? options = null)
        : base(ChainBuilder.DefinitionOf(part.Kind), Tasks.TaskArguments.None, result, options) =>
        (Part, MemberResult) = (part, memberResult);

    /// <summary>Reads the result of one member.</summary>
    internal WireConverter<T> MemberResult { get; }

    /// <inheritdoc cref="Signature{T}.With"/>
    public new GroupSignature<T> With(Action<CallOptions> configure) => new(Part!, Result, MemberResult, Changed(configure)); // set by its constructor

    /// <inheritdoc cref="Signature{T}.Stamp"/>
    public new GroupSignature<T> Stamp(string name, object? value) => new(Stamped(name, value), Result, MemberResult, Options);
}
