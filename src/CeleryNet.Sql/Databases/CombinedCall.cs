using System.Threading.Tasks.Sources;

namespace CeleryNet.Sql.Databases;

/// <summary>One caller of a <see cref="Combiner{TItem, TAnswer}"/>, and what is to be written for it. One object, where a task, its source, its limit and its cancelling would be five.</summary>
/// <param name="item">What is to be written.</param>
/// <param name="since">The timestamp at which it came.</param>
internal sealed class CombinedCall<TItem, TAnswer>(TItem item, long since) : IValueTaskSource<TAnswer>
{
    private ManualResetValueTaskSourceCore<TAnswer> _answer = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancelling;
    private int _isTaken;
    private int _isAnswered;

    internal TItem Item => item;

    internal long Since => since;

    /// <summary>True for the first who asks: the one who writes it, or the one who gives it up.</summary>
    internal bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Completes with the answer; cancelling ends the wait alone, and what was not taken by then is given up. To be called, and awaited, once.</summary>
    internal ValueTask<TAnswer> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled) _cancelling = cancellationToken.UnsafeRegister(static (state, token) => ((CombinedCall<TItem, TAnswer>)state!).Cancel(token), this); // the state is this
        return new ValueTask<TAnswer>(this, _answer.Version);
    }

    internal void Succeed(TAnswer answer)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0) _answer.SetResult(answer);
    }

    internal void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0) _answer.SetException(error);
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        TryTake();
        Fail(new OperationCanceledException(cancellationToken));
    }

    TAnswer IValueTaskSource<TAnswer>.GetResult(short token)
    {
        _cancelling.Unregister();
        return _answer.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<TAnswer>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<TAnswer>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
