using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>Steps one after the other, and lists of the types that a body may take.</summary>
public static class StepExtensions
{
    extension<TIn, TMiddle, TOut>(Step<TIn, TMiddle>)
    {
        /// <summary>A tail that can follow more than one signature: <c>var tail = MathTasks.AddTask(Prev, 4) | MathTasks.AddTask(Prev, 8);</c></summary>
        public static Step<TIn, TOut> operator |(Step<TIn, TMiddle> first, Step<TMiddle, TOut> second)
        {
            ArgumentNullException.ThrowIfNull(first);
            ArgumentNullException.ThrowIfNull(second);
            return new Step<TIn, TOut>(ChainBuilder.Append(first.Call, second.Call));
        }
    }

    extension<T, TOut>(GroupSignature<T>)
    {
        /// <summary>A chord: the members of the group, then the step with the list of their results.</summary>
        public static Signature<TOut> operator |(GroupSignature<T> header, Step<T[], TOut> body) => Chord(header, body);

        /// <inheritdoc cref="extension{T, TOut}(GroupSignature{T}).op_BitwiseOr(GroupSignature{T}, Step{T[], TOut})"/>
        public static Signature<TOut> operator |(GroupSignature<T> header, Step<List<T>, TOut> body) => Chord(header, body);

        /// <inheritdoc cref="extension{T, TOut}(GroupSignature{T}).op_BitwiseOr(GroupSignature{T}, Step{T[], TOut})"/>
        public static Signature<TOut> operator |(GroupSignature<T> header, Step<IEnumerable<T>, TOut> body) => Chord(header, body);

        /// <inheritdoc cref="extension{T, TOut}(GroupSignature{T}).op_BitwiseOr(GroupSignature{T}, Step{T[], TOut})"/>
        public static Signature<TOut> operator |(GroupSignature<T> header, Step<IList<T>, TOut> body) => Chord(header, body);

        /// <inheritdoc cref="extension{T, TOut}(GroupSignature{T}).op_BitwiseOr(GroupSignature{T}, Step{T[], TOut})"/>
        public static Signature<TOut> operator |(GroupSignature<T> header, Step<IReadOnlyCollection<T>, TOut> body) => Chord(header, body);
    }

    private static Signature<TOut> Chord<TList, TOut>(Signature header, Step<TList, TOut> body)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(body);
        return ChainBuilder.Append(header, body.Call);
    }
}
