using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>Tells monitors what this host sends, where that is switched on: event <c>task-sent</c>, each alone as Celery's clients send it. Thread-safe.</summary>
internal sealed class SentEvents : IAsyncDisposable
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly EventDispatcher? _dispatcher;
    private readonly TimeProvider _time;

    /// <exception cref="TaskQueueConfigurationException">They are wanted, and the broker carries none.</exception>
    internal SentEvents(bool areWanted, IBroker broker, string nodeName, LamportClock clock, TimeProvider time, ILogger logger)
    {
        _time = time;
        if (!areWanted) return;
        var broadcaster = broker as IBroadcaster ?? throw new TaskQueueConfigurationException(
            ErrorCodes.InvalidConfiguration, $"SendTaskSentEvents is true, but the broker {broker.Address} carries no events. Use RabbitMQ, Redis or the in-memory broker, or set it to false.");
        _dispatcher = new EventDispatcher(broadcaster, nodeName, clock, time, logger);
    }

    /// <summary>The broker has taken a task.</summary>
    internal void Sent(TaskMessage message, Route route) => _dispatcher?.SendAlone(EventTypes.TaskSent, (Message: message, Route: route), static (json, state) =>
    {
        var (message, route) = state;
        json.WriteString(EventFields.TaskId, message.Id);
        json.WriteString("root_id"u8, message.RootId);
        json.WriteString("parent_id"u8, message.ParentId);
        json.WriteString("name"u8, message.TaskName);
        json.WriteString("args"u8, message.ArgsRepr);
        json.WriteString("kwargs"u8, message.KwargsRepr);
        json.WriteNumber("retries"u8, message.Retries);
        json.WriteString("eta"u8, message.Eta is { } eta ? WireTime.Format(eta) : null);
        json.WriteString("expires"u8, message.Expires is { } expires ? WireTime.Format(expires) : null);
        json.WriteString("queue"u8, route.Queue?.Name);
        json.WriteString("exchange"u8, route.Exchange);
        json.WriteString("routing_key"u8, route.RoutingKey);
    });

    /// <summary>Sends what waits, for at most 1 s, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_dispatcher is null) return;
        await _dispatcher.CompleteAsync().WaitAsync(FlushTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _dispatcher.DisposeAsync().ConfigureAwait(false);
    }
}
