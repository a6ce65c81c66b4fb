using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Client;

/// <content>Sending as any client does, but by another way to the broker.</content>
internal sealed partial class TaskClient
{
    /// <summary>
    /// Sends a task inside the filters and with its key reserved, and lets somebody else bring the message to the broker: the beat, whose sends are checked against its lease. It may be called again with
    /// the same id, which follows from entry and moment and which no filter changes; a key that this id has is its own. No reply queue is opened, since nobody waits.
    /// </summary>
    /// <param name="signature">The call, with its id.</param>
    /// <param name="publish">Brings the message to the broker; false when the broker had it before.</param>
    /// <param name="cancellationToken">Stops the wait for the store of keys, and what <paramref name="publish"/> does.</param>
    internal Task<TaskHandle> SendByAsync(Signature signature, Func<TaskMessage, Route, CancellationToken, ValueTask<bool>> publish, CancellationToken cancellationToken)
    {
        if (_filters is null) return SendNowByAsync(signature, publish, cancellationToken);
        return _filters.SendAsync(new TaskSending(signature, cancellationToken), sending =>
        {
            sending.Options.TaskId = signature.Options.TaskId;
            return SendNowByAsync(new Signature(signature.Definition, signature.Arguments, sending.Options), publish, cancellationToken);
        });
    }

    private async Task<TaskHandle> SendNowByAsync(Signature signature, Func<TaskMessage, Route, CancellationToken, ValueTask<bool>> publish, CancellationToken cancellationToken)
    {
        var message = _messages.Create(signature, out var route);
        using var body = WireBuffer.Rent(); // given back only after the broker has done with it
        _messages.WriteBody(message, signature, body);
        var reservation = _uniques.Find(signature) is { } unique ? await _uniques.ReserveAsync(unique, message, cancellationToken).ConfigureAwait(false) : null;
        if (reservation is { IsDuplicate: true, IsOwn: false }) return Duplicate(reservation, signature, message, static (client, _, message) => client.HandleOf(message));

        using var activity = _telemetry.Start(message, route);
        var started = _telemetry.Timestamp();
        var isPublishing = false;
        bool isNew;
        try
        {
            Complete(message, activity);
            isPublishing = true;
            isNew = await publish(message, route, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, route, message.TaskName, started, error);
            if (reservation is not null) await _uniques.FailedAsync(reservation, error, isPublishing).ConfigureAwait(false);
            throw;
        }

        if (!isNew)
        {
            if (reservation is not null) await _uniques.ReleaseAsync(reservation).ConfigureAwait(false); // that task may have ended, and nobody would free the key then
            return HandleOf(message);
        }

        _telemetry.Published(activity, message, route, started);
        _events?.Sent(message, route);
        Log.TaskSent(_logger, message.Id, message.TaskName, route.RoutingKey);
        if (reservation is not null) await _uniques.SentAsync(reservation, cancellationToken).ConfigureAwait(false);
        return HandleOf(message);
    }
}
