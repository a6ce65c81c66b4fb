using System.Diagnostics;
using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

internal sealed partial class TaskClient
{
    private const int BatchCount = 1000;
    private const int BatchBytes = 8 * 1024 * 1024; // so that large bodies do not add up to gigabytes

    public Task<IReadOnlyList<TaskHandle<T>>> EnqueueManyAsync<T>(IEnumerable<Signature<T>> tasks, CancellationToken cancellationToken) =>
        SendManyAsync(tasks, static (client, task, message) => client.HandleOf(task, message), cancellationToken);

    public Task<IReadOnlyList<TaskHandle>> EnqueueManyAsync(IEnumerable<Signature> tasks, CancellationToken cancellationToken) =>
        SendManyAsync(tasks, static (client, _, message) => client.HandleOf(message), cancellationToken);

    private async Task<IReadOnlyList<THandle>> SendManyAsync<TSignature, THandle>(
        IEnumerable<TSignature> signatures, Func<TaskClient, TSignature, TaskMessage, THandle> handle, CancellationToken cancellationToken)
        where TSignature : Signature where THandle : TaskHandle
    {
        ArgumentNullException.ThrowIfNull(signatures);
        cancellationToken.ThrowIfCancellationRequested();
        if (_filters is not null) return await SendEachAsync(_filters, signatures, handle, cancellationToken).ConfigureAwait(false);
        var replyTo = _replyQueue is { } queue ? queue.Name : await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
        var handles = new List<THandle>(signatures.TryGetNonEnumeratedCount(out var count) ? count : 16);

        // Two in turn: one is written while the broker takes the other. A batch leaves only when the one before was taken, so that what was sent is always a first part of the sequence.
        using var bodies = WireBuffer.Rent();
        using var otherBodies = WireBuffer.Rent();
        var (batch, other) = (new MessageBatch(bodies), new MessageBatch(otherBodies));
        using var source = signatures.GetEnumerator();
        var around = Activity.Current;
        var publishing = Task.CompletedTask;
        for (var hasMore = true; hasMore; (batch, other) = (other, batch))
        {
            var taken = handles.Count;
            batch.Clear();
            var activity = _telemetry.StartBatch();
            try
            {
                hasMore = await FillAsync(batch, source, handles, handle, replyTo, activity, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                activity?.Dispose();
                await FreeAsync(batch, error, mayHaveBeenTaken: false).ConfigureAwait(false);
                await publishing.ConfigureAwait(false); // its failure says more: that less was sent
                if (error is TaskQueueException known && taken > 0) throw AfterSome(known, taken);
                throw;
            }

            try
            {
                await publishing.ConfigureAwait(false);
            }
            catch (Exception error)
            {
                activity?.Dispose();
                await FreeAsync(batch, error, mayHaveBeenTaken: false).ConfigureAwait(false);
                throw;
            }

            publishing = PublishBatchAsync(batch, taken, activity, cancellationToken);
            Activity.Current = around; // the next batch's span stands beside this one's, not below it
        }

        await publishing.ConfigureAwait(false);
        return handles;
    }

    // True when there is more.
    private async ValueTask<bool> FillAsync<TSignature, THandle>(
        MessageBatch batch, IEnumerator<TSignature> source, List<THandle> handles, Func<TaskClient, TSignature, TaskMessage, THandle> handle, string? replyTo, Activity? activity,
        CancellationToken cancellationToken)
        where TSignature : Signature where THandle : TaskHandle
    {
        while (batch.Count < BatchCount && batch.Bytes < BatchBytes)
        {
            if (!source.MoveNext()) return false;
            ArgumentNullException.ThrowIfNull(source.Current, "tasks");
            handles.Add(source.Current.Part is not null
                ? await SendCanvasAsync(source.Current, (client, task, message) => handle(client, (TSignature)task, message), cancellationToken).ConfigureAwait(false)
                : _uniques.Find(source.Current) is { } unique
                ? await AddUniqueAsync(batch, unique, source.Current, handle, replyTo, activity, cancellationToken).ConfigureAwait(false)
                : handle(this, source.Current, Add(batch, source.Current, replyTo, activity)));
        }

        return true;
    }

    // Ends the span; what it throws tells how many were taken before.
    private async Task PublishBatchAsync(MessageBatch batch, int taken, Activity? activity, CancellationToken cancellationToken)
    {
        using var span = activity;
        try
        {
            await PublishAsync(batch, activity, cancellationToken).ConfigureAwait(false);
            foreach (var reservation in batch.Reservations) await _uniques.SentAsync(reservation, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await FreeAsync(batch, error, mayHaveBeenTaken: true).ConfigureAwait(false);
            if (error is TaskQueueException known && taken > 0) throw AfterSome(known, taken);
            throw;
        }
    }

    private async ValueTask FreeAsync(MessageBatch batch, Exception error, bool mayHaveBeenTaken)
    {
        foreach (var reservation in batch.Reservations) await _uniques.FailedAsync(reservation, error, mayHaveBeenTaken).ConfigureAwait(false);
    }

    private TaskMessage Add(MessageBatch batch, Signature signature, string? replyTo, Activity? activity)
    {
        var message = _messages.Create(signature, out var route);
        _messages.WriteBody(message, signature, batch.Buffer);
        Complete(message, activity);
        message.ReplyTo = replyTo;
        batch.Add(new OutgoingMessage(message, route));
        return message;
    }

    private async ValueTask PublishAsync(MessageBatch batch, Activity? activity, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        var messages = batch.Seal();
        var started = _telemetry.Timestamp();
        try
        {
            await _broker.PublishManyAsync(messages, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, messages[0].Route, null, started, error);
            throw;
        }

        _telemetry.Published(activity, messages, started);
        if (_events is { } events)
            foreach (var (message, route) in messages) events.Sent(message, route);
        if (CurrentTask.Context is { } parent)
            foreach (var (message, _) in messages) parent.AddChild(message.Id!); // Create sets it
        Log.BatchSent(_logger, messages.Count);
    }

    // What was sent cannot be called back, so the error has to say how much that is.
    private static TaskQueueException AfterSome(TaskQueueException error, int taken)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"The first {taken} tasks of the sequence were taken, the rest were not: {error.Reason}");
        return error switch
        {
            PublishException publish => new PublishException(text, publish.TaskIds, publish.MayHaveBeenTaken, publish),
            MessageFormatException => new MessageFormatException(error.Code, text, error),
            BrokerUnavailableException => new BrokerUnavailableException(error.Code, text, error),
            _ => new TaskQueueException(error.Code, text, error),
        };
    }
}
