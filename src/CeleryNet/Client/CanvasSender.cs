using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>Sends signatures of every kind: for the client, and for the worker at the end of a task. Thread-safe.</summary>
internal sealed class CanvasSender(MessageFactory messages, IBroker broker, IResultBackend results, TaskHandlerTable handlers, WireOptions wire, TimeProvider time, ILogger logger, SentEvents? events = null)
{
    private const int BatchCount = 1000;
    private const int BatchBytes = 8 * 1024 * 1024; // as TaskClient's

    private readonly PublishTelemetry _telemetry = new(broker.Address, time);

    /// <summary>True when the result store counts the members of chords.</summary>
    internal bool CanRunChords => results is IChordStore;

    /// <summary>Sends a signature.</summary>
    /// <param name="signature">The canvas; changed and used up.</param>
    /// <param name="call">How it is sent.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; part of it may have been taken.</param>
    /// <returns>Where its result will be.</returns>
    /// <exception cref="MessageFormatException">A part of it cannot be sent; nothing was.</exception>
    /// <exception cref="TaskQueueException">It holds a chord that is to start now, and the result store runs none; nothing was sent.</exception>
    /// <exception cref="PublishException">The broker did not take all of it.</exception>
    /// <exception cref="BrokerUnavailableException">The result store did not take the size of a chord.</exception>
    internal async Task<ResultNode> SendAsync(SignatureDocument signature, CanvasCall call, CancellationToken cancellationToken)
    {
        var plan = CanvasPlanner.Plan(signature, call);
        await PublishAsync(plan, cancellationToken).ConfigureAwait(false);
        return plan.Result;
    }

    /// <summary>Carries out a plan. It may be repeated when it failed: ids stay, so that what is sent twice is the same task.</summary>
    /// <inheritdoc cref="SendAsync"/>
    internal async Task PublishAsync(CanvasPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var bodies = WireBuffer.Rent();
        var batch = new MessageBatch(bodies);
        var next = 0;
        for (var isFirst = true; next < plan.Tasks.Count || isFirst; isFirst = false)
        {
            batch.Clear();
            using var activity = _telemetry.StartBatch();
            for (; next < plan.Tasks.Count && batch.Count < BatchCount && batch.Bytes < BatchBytes; next++) Add(batch, plan.Tasks[next], activity);

            // Before any member runs, and only when the first messages can be sent at all.
            if (isFirst) await SetSizesAsync(plan, cancellationToken).ConfigureAwait(false);
            if (batch.Count > 0) await PublishAsync(batch, activity, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Carries out a plan of one task, by somebody who ends the task before it in the same step.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="relay">Stores, publishes and acknowledges.</param>
    /// <param name="delivery">What is acknowledged; <c>null</c> for nothing.</param>
    /// <param name="result">What is stored; <c>null</c> for nothing.</param>
    /// <param name="cancellationToken">Stops nothing that is on its way.</param>
    /// <returns>False when it was not done: <see cref="PublishAsync(CanvasPlan, CancellationToken)"/> may do it, and tells why when it cannot.</returns>
    internal async ValueTask<bool> TryRelayAsync(CanvasPlan plan, IResultRelay relay, Delivery? delivery, TaskResult? result, CancellationToken cancellationToken)
    {
        using var bodies = WireBuffer.Rent();
        var batch = new MessageBatch(bodies);
        using var activity = _telemetry.StartBatch();
        try
        {
            Add(batch, plan.Tasks[0], activity);
        }
        catch (TaskQueueException)
        {
            return false; // met again, and told, where the result is stored first
        }

        var messages = batch.Seal();
        var started = _telemetry.Timestamp();
        if (!await relay.TryRelayAsync(delivery, results, result, messages[0], cancellationToken).ConfigureAwait(false)) return false;
        Sent(messages, activity, started);
        return true;
    }

    private void Add(MessageBatch batch, SignatureDocument task, Activity? activity)
    {
        var definition = handlers.TryGet(task.Task, out var handler) ? handler.Definition : new TaskDefinition(task.Task);
        var message = messages.Create(task, definition, out var route);
        messages.WriteBody(message, task, batch.Buffer);
        CallHeaders.SetTrace(message, activity ?? Activity.Current);
        HeaderSize.Check(message, wire);
        batch.Add(new OutgoingMessage(message, route));
    }

    private async ValueTask SetSizesAsync(CanvasPlan plan, CancellationToken cancellationToken)
    {
        if (plan.Chords.Count == 0) return;
        var chords = results as IChordStore ?? throw CanvasChecks.NoChords(results);
        foreach (var (groupId, size) in plan.Chords) await chords.SetSizeAsync(groupId, size, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask PublishAsync(MessageBatch batch, Activity? activity, CancellationToken cancellationToken)
    {
        var sealedBatch = batch.Seal();
        var started = _telemetry.Timestamp();
        try
        {
            if (sealedBatch.Count == 1) await broker.PublishAsync(sealedBatch[0].Message, sealedBatch[0].Route, cancellationToken).ConfigureAwait(false);
            else await broker.PublishManyAsync(sealedBatch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _telemetry.Failed(activity, sealedBatch[0].Route, null, started, error);
            throw;
        }

        Sent(sealedBatch, activity, started);
    }

    private void Sent(IReadOnlyList<OutgoingMessage> messages, Activity? activity, long started)
    {
        _telemetry.Published(activity, messages, started);
        foreach (var (message, route) in messages)
        {
            events?.Sent(message, route);
            Log.TaskSent(logger, message.Id, message.TaskName, route.RoutingKey);
        }
    }
}
