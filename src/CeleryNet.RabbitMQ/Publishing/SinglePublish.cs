using System.Threading.Tasks.Sources;
using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>One message with one caller, who awaits this object itself: no further allocation.</summary>
internal sealed class SinglePublish(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, string taskId, bool isMandatory = true)
    : PendingPublish(properties, body, route, taskId, isMandatory), IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;

    internal ValueTask Task => new(this, _core.Version);

    /// <summary>Lets the token end the wait. Call before the message is handed on.</summary>
    internal void CancelBy(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((SinglePublish)self!).End(new OperationCanceledException(token)), this);
    }

    public void GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    protected override void OnEnded(Exception? error)
    {
        _cancellation.Unregister();
        if (error is null) _core.SetResult(true);
        else _core.SetException(error);
    }
}
