using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Delaying;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>A message on its way, from the call until the broker's confirmation. It ends once; until then its body may be read.</summary>
internal abstract class PendingPublish(MessageProperties properties, ReadOnlyMemory<byte> body, Route route, string taskId, bool isMandatory)
{
    // Whoever moves Idle to Done ends it. While the body is copied it is Busy, and ending waits for that, since the caller's buffer is reused right after.
    private const int Idle = 0, Busy = 1, Done = 2;

    private int _state;
    private (string Exchange, string RoutingKey)? _delayed;

    internal MessageProperties Properties { get; } = properties;

    internal ReadOnlyMemory<byte> Body { get; } = body;

    internal Route Route { get; } = route;

    internal string TaskId { get; } = taskId;

    internal bool IsMandatory { get; } = isMandatory;

    /// <summary>When and where the message shall come out; <c>null</c> for at once.</summary>
    internal Delay? Delay { get; init; }

    /// <summary>The exchange of a broadcast, declared before; <c>null</c> for a task.</summary>
    internal BroadcastExchange? Broadcast { get; init; }

    /// <summary>What it is, for errors.</summary>
    internal string Subject => Broadcast is { } exchange ? $"The broadcast to '{Printable.Limit(exchange.Name)}'" : $"Task '{Printable.Limit(TaskId)}'";

    /// <summary>Exchange it is written to.</summary>
    internal string Exchange => _delayed?.Exchange ?? Route.Exchange;

    /// <summary>Routing key it is written with.</summary>
    internal string RoutingKey => _delayed?.RoutingKey ?? Route.RoutingKey;

    /// <summary>True when it was written with a delay.</summary>
    internal bool IsDelayed => _delayed is not null;

    /// <summary>When waiting ends, as a timestamp of the time provider.</summary>
    internal long Deadline { get; set; }

    /// <summary>How often it was handed to a connection; the broker may have it when this is not 0.</summary>
    internal int Writes { get; set; }

    /// <summary>The broker sent it back, since no queue is bound; the confirmation that follows means nothing then.</summary>
    internal bool IsReturned { get; set; }

    /// <summary>Its queue was missing once and was declared again for it.</summary>
    internal bool HasRedeclared { get; set; }

    internal bool IsDone => Volatile.Read(ref _state) == Done;

    /// <summary>Call before the body is read; false when nobody waits for it any longer.</summary>
    internal bool TryBeginWrite() => Interlocked.CompareExchange(ref _state, Busy, Idle) == Idle;

    /// <summary>Call before each write: what is left of the delay stands in the routing key.</summary>
    internal void Address(DateTimeOffset now) => _delayed = Delay?.AddressAt(now);

    internal void EndWrite() => Volatile.Write(ref _state, Idle);

    /// <summary>Ends the wait; <c>null</c> for success. Only the first call counts.</summary>
    internal void End(Exception? error)
    {
        var spin = new SpinWait();
        while (true)
        {
            var state = Interlocked.CompareExchange(ref _state, Done, Idle);
            if (state == Done) return;
            if (state == Idle) break;
            spin.SpinOnce();
        }

        OnEnded(error);
    }

    protected abstract void OnEnded(Exception? error);
}
