using System.Collections.Concurrent;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Control;

namespace CeleryNet.Tests.Worker;

/// <summary>A <see cref="RecordingBroker"/> that can do what some brokers can: park, broadcast, keep revocations, tell its deadline.</summary>
internal class PowerfulBroker : RecordingBroker, IParkingConsumer, IBroadcaster, IRevocationStore, IDeliveryDeadline
{
    private readonly List<(string Exchange, Func<Broadcast, CancellationToken, ValueTask> Receive)> _listeners = [];

    /// <summary>Every event message that was sent.</summary>
    internal ConcurrentQueue<Broadcast> Events { get; } = new();

    /// <summary>What was offered for parking, also what was not taken.</summary>
    internal ConcurrentQueue<(Delivery Delivery, DateTimeOffset Due)> Parked { get; } = new();

    /// <summary>Answers an offer.</summary>
    internal Func<Delivery, Task<bool>> Park { get; set; } = _ => Task.FromResult(true);

    internal List<(Revocation Revocation, TimeSpan Remaining)> Kept { get; } = [];

    internal List<BroadcastQueue> Queues { get; } = [];

    public TimeSpan? LongestUnsettled { get; init; }

    public async ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        Parked.Enqueue((delivery, due));
        return await Park(delivery).WaitAsync(cancellationToken);
    }

    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        if (message.Exchange.Name == "celeryev") Events.Enqueue(message with { Body = message.Body.ToArray() });
        List<Func<Broadcast, CancellationToken, ValueTask>> listeners;
        lock (_listeners) listeners = [.. _listeners.Where(listener => listener.Exchange == message.Exchange.Name).Select(listener => listener.Receive)];
        foreach (var listener in listeners) await listener(message, cancellationToken);
        return listeners.Count;
    }

    /// <summary>Sends a control request as it stands.</summary>
    internal async Task ControlAsync(string json) =>
        await BroadcastAsync(new Broadcast { Exchange = new BroadcastExchange("celery.pidbox", "fanout", false), Body = Encoding.UTF8.GetBytes(json) }, CancellationToken.None);

    internal Task RevokeAsync(string? taskId, bool terminate = false) =>
        ControlAsync($$$"""{"method": "revoke", "arguments": {"task_id": "{{{taskId}}}", "terminate": {{{(terminate ? "true" : "false")}}}, "signal": "SIGTERM"}}""");

    public ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        Queues.Add(queue);
        lock (_listeners) _listeners.Add((queue.Exchange.Name, receive));
        return new(new Subscription());
    }

    public ValueTask AddAsync(IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken)
    {
        Kept.AddRange(revocations.Select(revocation => (revocation, keep)));
        return default;
    }

    public ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(int limit, CancellationToken cancellationToken) => new(Kept);

    private sealed class Subscription : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }
}
