using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <content>Tasks of which one with the same key is sent at a time.</content>
internal sealed partial class TaskClient
{
    private Task<THandle> SendAnyAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle =>
        _uniques.Find(signature) is { } unique ? SendUniqueAsync(unique, signature, handle, cancellationToken) : SendNowAsync(signature, handle, cancellationToken);

    private async Task<THandle> SendUniqueAsync<THandle>(
        TaskDefinition unique, Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var body = WireBuffer.Rent(); // given back only after the broker has done with it
        var message = Write(signature, body, out var route);
        var reservation = await _uniques.ReserveAsync(unique, message, cancellationToken).ConfigureAwait(false);
        if (reservation.IsDuplicate) return Duplicate(reservation, signature, message, handle);

        using var activity = _telemetry.Start(message, route);
        var started = _telemetry.Timestamp();
        var isPublishing = false;
        try
        {
            Complete(message, activity);
            message.ReplyTo = _replyQueue is { } queue ? queue.Name : await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
            isPublishing = true;
            await _broker.PublishAsync(message, route, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, route, message.TaskName, started, error);
            await _uniques.FailedAsync(reservation, error, isPublishing).ConfigureAwait(false);
            throw;
        }

        _telemetry.Published(activity, message, route, started);
        _events?.Sent(message, route);
        Log.TaskSent(_logger, message.Id, message.TaskName, route.RoutingKey);
        CurrentTask.Context?.AddChild(message.Id!); // Create sets it
        await _uniques.SentAsync(reservation, cancellationToken).ConfigureAwait(false);
        return handle(this, signature, message);
    }

    // With callbacks or stamps it is a canvas of one task.
    private TaskMessage Write(Signature signature, WireBuffer body, out Route route)
    {
        TaskMessage message;
        if (signature.Part is null)
        {
            message = _messages.Create(signature, out route);
            _messages.WriteBody(message, signature, body);
            return message;
        }

        var document = _compiler.Compile(signature);
        CanvasChecks.Check(document, _results);
        var task = CanvasPlanner.Plan(document, new CanvasCall()).Tasks[0];
        message = _messages.Create(task, signature.Definition, out route);
        _messages.WriteBody(message, task, body);
        return message;
    }

    // Of a batch: what it reserved is kept until the batch is sent.
    private async ValueTask<THandle> AddUniqueAsync<TSignature, THandle>(
        MessageBatch batch, TaskDefinition unique, TSignature signature, Func<TaskClient, TSignature, TaskMessage, THandle> handle, string? replyTo, Activity? activity,
        CancellationToken cancellationToken)
        where TSignature : Signature where THandle : TaskHandle
    {
        var message = _messages.Create(signature, out var route);
        _messages.WriteBody(message, signature, batch.Buffer);
        var reservation = await _uniques.ReserveAsync(unique, message, cancellationToken).ConfigureAwait(false);
        if (reservation.IsDuplicate)
        {
            batch.PassOver();
            return Duplicate(reservation, signature, message, handle);
        }

        batch.Reservations.Add(reservation); // first, so that it is freed whatever fails from here on
        Complete(message, activity);
        message.ReplyTo = replyTo;
        batch.Add(new OutgoingMessage(message, route));
        return handle(this, signature, message);
    }

    private THandle Duplicate<TSignature, THandle>(UniqueReservation reservation, TSignature signature, TaskMessage message, Func<TaskClient, TSignature, TaskMessage, THandle> handle)
        where THandle : TaskHandle
    {
        var isDropped = reservation.OnDuplicate == DuplicatePolicy.Drop;
        if (!isDropped) message.Id = reservation.Former;
        Log.DuplicateNotSent(_logger, reservation.TaskId, message.TaskName, reservation.Former);
        var made = handle(this, signature, message);
        (made.IsDuplicate, made.IsDropped) = (true, isDropped);
        return made;
    }
}
