using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Client;

/// <summary>Spans and metrics of publishing.</summary>
internal sealed class PublishTelemetry(string brokerAddress, TimeProvider time)
{
    private const string Operation = "publish";

    private readonly string _system = Telemetry.SystemOf(brokerAddress);

    /// <summary>The span of one message; <c>null</c> when nobody listens.</summary>
    internal Activity? Start(TaskMessage message, in Route route)
    {
        if (!Telemetry.Source.HasListeners()) return null;
        var activity = Open($"{Operation} {DestinationOf(route)}");
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag(Telemetry.Destination, DestinationOf(route));
        activity.SetTag(Telemetry.MessageId, message.Id);
        activity.SetTag(Telemetry.TaskName, message.TaskName);
        if (route.Exchange.Length > 0) activity.SetTag(Telemetry.RoutingKey, route.RoutingKey);
        return activity;
    }

    /// <summary>The span of one batch; its messages all carry its context.</summary>
    internal Activity? StartBatch() => Telemetry.Source.HasListeners() ? Open(Operation) : null;

    /// <summary>The start of a measurement; 0 when nobody listens.</summary>
    internal long Timestamp() => ClientMetrics.OperationDuration.Enabled ? time.GetTimestamp() : 0;

    internal void Published(Activity? activity, TaskMessage message, in Route route, long started)
    {
        if (activity is { IsAllDataRequested: true }) activity.SetTag(Telemetry.BodySize, message.Body.Length);
        if (!ClientMetrics.Published.Enabled && started == 0) return;
        Record(1, Tags(route, message.TaskName, null), started);
    }

    internal void Published(Activity? activity, IReadOnlyList<OutgoingMessage> messages, long started)
    {
        if (activity is { IsAllDataRequested: true }) activity.SetTag(Telemetry.BatchCount, messages.Count);
        if (ClientMetrics.Published.Enabled)
            foreach (var (message, route) in messages) ClientMetrics.Published.Add(1, Tags(route, message.TaskName, null));
        if (started != 0) ClientMetrics.OperationDuration.Record(time.GetElapsedTime(started).TotalSeconds, Tags(messages[0].Route, null, null));
    }

    internal void Failed(Activity? activity, in Route route, string? task, long started, Exception error)
    {
        activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        activity?.SetTag(Telemetry.ErrorType, ErrorType(error));
        if (!ClientMetrics.Published.Enabled && started == 0) return;
        Record(1, Tags(route, task, error), started);
    }

    private Activity? Open(string name)
    {
        var activity = Telemetry.Source.StartActivity(name, ActivityKind.Producer);
        activity?.SetTag(Telemetry.System, _system);
        activity?.SetTag(Telemetry.OperationName, Operation);
        activity?.SetTag(Telemetry.OperationType, "send"); // the convention's type for publishing
        return activity;
    }

    private void Record(int count, in TagList tags, long started)
    {
        ClientMetrics.Published.Add(count, tags);
        if (started != 0) ClientMetrics.OperationDuration.Record(time.GetElapsedTime(started).TotalSeconds, tags);
    }

    private TagList Tags(in Route route, string? task, Exception? error)
    {
        var tags = new TagList { { Telemetry.System, _system }, { Telemetry.OperationName, Operation }, { Telemetry.Destination, DestinationOf(route) } };
        if (task is not null) tags.Add(Telemetry.TaskName, task);
        if (error is not null) tags.Add(Telemetry.ErrorType, ErrorType(error));
        return tags;
    }

    private static string DestinationOf(in Route route) => route.Queue?.Name ?? (route.Exchange.Length > 0 ? route.Exchange : route.RoutingKey);

    private static string ErrorType(Exception error) => error is TaskQueueException known ? known.Code : error.GetType().Name;
}
