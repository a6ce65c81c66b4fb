using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Delaying;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>Messages with one caller, who waits until all have ended.</summary>
internal sealed class PublishBatch(int count)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string TaskId, Exception Error)> _failures = [];
    private int _left = count;

    internal PendingPublish Add(MessageProperties properties, OutgoingMessage message, Delay? delay) =>
        new Member(this, properties, message.Message.Body, message.Route, message.Message.Id ?? "") { Delay = delay };

    /// <summary>Waits for all.</summary>
    /// <exception cref="PublishException">Names those that were not taken.</exception>
    internal async Task WaitAsync(IReadOnlyList<PendingPublish> members, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(
            static (state, token) => EndAll((IReadOnlyList<PendingPublish>)state!, new OperationCanceledException(token)), members).ConfigureAwait(false))
        {
            await _ended.Task.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_failures.Count == 0) return;

        var first = _failures[0].Error;
        if (first is not PublishException && _failures.TrueForAll(failure => failure.Error.GetType() == first.GetType())) throw first;
        throw new PublishException(
            $"{_failures.Count} of {members.Count} messages were not taken. The first: {(first as TaskQueueException)?.Reason ?? first.Message}",
            [.. _failures.Select(failure => failure.TaskId)],
            _failures.Exists(failure => failure.Error is PublishException { MayHaveBeenTaken: true }),
            first);
    }

    private static void EndAll(IReadOnlyList<PendingPublish> members, Exception error)
    {
        foreach (var member in members) member.End(error);
    }

    private void OnEnded(string taskId, Exception? error)
    {
        if (error is not null)
            lock (_failures) _failures.Add((taskId, error));
        if (Interlocked.Decrement(ref _left) == 0) _ended.TrySetResult();
    }

    private sealed class Member(PublishBatch batch, MessageProperties properties, ReadOnlyMemory<byte> body, Route route, string taskId)
        : PendingPublish(properties, body, route, taskId, isMandatory: true)
    {
        protected override void OnEnded(Exception? error) => batch.OnEnded(TaskId, error);
    }
}
