namespace CeleryNet.Events;

/// <summary>Receives what workers and clients tell, C# and Python. Injected as a singleton; thread-safe.</summary>
public interface IEventReceiver
{
    /// <summary>
    /// All events from now on, in the order in which they arrive: <c>await foreach (var told in events.CaptureAsync(stopping))</c>. Workers are asked for a heartbeat first, so that those which are
    /// there show at once. Events about tasks come from workers that send them: <see cref="Worker.WorkerOptions.SendTaskEvents"/>, Celery's <c>-E</c>, or the command <c>enable_events</c>.
    /// </summary>
    /// <remarks>
    /// It outlives connections: it reconnects by itself, and what was sent in between is missed, as events are kept for nobody. Who is more than 10 000 events behind loses the oldest, which is
    /// logged. What cannot be read is logged and left out.
    /// </remarks>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>; leaving the loop ends it too.</param>
    /// <exception cref="TaskQueueException">The broker carries no events.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached when it begins.</exception>
    IAsyncEnumerable<ClusterEvent> CaptureAsync(CancellationToken cancellationToken = default);
}
