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
        using var bodies = WireBuffer.Rent();
        var batch = new MessageBatch(bodies);
        using var source = signatures.GetEnumerator();
        for (var hasMore = true; hasMore;)
        {
            var taken = handles.Count;
            batch.Clear();
            using var activity = _telemetry.StartBatch();
            var isPublishing = false;
            try
            {
                while (batch.Count < BatchCount && batch.Bytes < BatchBytes && (hasMore = source.MoveNext()))
                {
                    ArgumentNullException.ThrowIfNull(source.Current, nameof(signatures));
                    handles.Add(source.Current.Part is not null
                        ? await SendCanvasAsync(source.Current, (client, task, message) => handle(client, (TSignature)task, message), cancellationToken).ConfigureAwait(false)
                        : _uniques.Find(source.Current) is { } unique
                        ? await AddUniqueAsync(batch, unique, source.Current, handle, replyTo, activity, cancellationToken).ConfigureAwait(false)
                        : handle(this, source.Current, Add(batch, source.Current, replyTo, activity)));
                }

                isPublishing = true;
                await PublishAsync(batch, activity, cancellationToken).ConfigureAwait(false);
                foreach (var reservation in batch.Reservations) await _uniques.SentAsync(reservation, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (batch.Reservations.Count > 0)
            {
                foreach (var reservation in batch.Reservations) await _uniques.FailedAsync(reservation, error, isPublishing).ConfigureAwait(false);
                if (error is TaskQueueException known && taken > 0) throw AfterSome(known, taken);
                throw;
            }
            catch (TaskQueueException error) when (taken > 0)
            {
                throw AfterSome(error, taken);
            }
        }

        return handles;
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
