using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Scheduling;

/// <summary>Sends the task of an entry for one of its moments: with the id that follows from both, and where broker and lease are one server under its lease.</summary>
internal sealed class BeatSender(string beat, MessageFactory messages, IBroker broker, IFencedPublisher? fenced, WireOptions wire, TimeProvider time)
{
    private readonly PublishTelemetry _telemetry = new(broker.Address, time);

    /// <exception cref="PublishException">The broker did not take it.</exception>
    /// <exception cref="MessageFormatException">The call is not valid.</exception>
    internal async Task<FencedOutcome> SendAsync(LeaderTerm term, BeatEntry entry, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var call = entry.Task.With(options =>
        {
            options.TaskId = RunId.Of(beat, entry.Name, moment);
            options.Headers[TaskHeaders.PeriodicTaskName] = entry.Name;
        });
        var message = messages.Create(call, out var route);
        using var activity = _telemetry.Start(message, route);
        var started = _telemetry.Timestamp();
        try
        {
            using var body = WireBuffer.Rent();
            messages.WriteBody(message, call, body);
            CallHeaders.SetTrace(message, activity);
            HeaderSize.Check(message, wire);
            var outcome = FencedOutcome.Sent;
            if (fenced is null) await broker.PublishAsync(message, route, cancellationToken).ConfigureAwait(false);
            else outcome = await fenced.PublishFencedAsync(term, new FencedMessage(message, route, entry.Name, moment), cancellationToken).ConfigureAwait(false);
            if (outcome == FencedOutcome.Sent) _telemetry.Published(activity, message, route, started);
            return outcome;
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, route, message.TaskName, started, error);
            throw;
        }
    }
}
