using System.Threading.Tasks.Sources;

namespace CeleryNet.Redis.Connections;

/// <summary>One caller who waits for the answer to a command that carries the wishes of many. One object, where a task, its source and its cancelling would be five.</summary>
internal class PendingAnswer : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _answer = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancelling;
    private int _isAnswered;

    /// <summary>True once it was answered, or its caller has gone.</summary>
    internal bool IsAnswered => Volatile.Read(ref _isAnswered) != 0;

    /// <summary>Completes with the answer; cancelling ends the wait alone. To be called, and awaited, once.</summary>
    internal ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            _cancelling = cancellationToken.UnsafeRegister(static (state, token) => ((PendingAnswer)state!).Fail(new OperationCanceledException(token)), this); // the state is this
        return new ValueTask(this, _answer.Version);
    }

    internal void Succeed()
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0) _answer.SetResult(true);
    }

    internal void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _isAnswered, 1) == 0) _answer.SetException(error);
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancelling.Unregister();
        _answer.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
