using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Testing;

/// <summary>The embedded broker, with everything counted that goes through it.</summary>
internal sealed class TrackedBroker(IBroker inner, OpenWork work, SentTasks sent, VirtualTime time) : IBroker, IBroadcaster, IQueueBrowser
{
    private readonly List<BroadcastQueue> _listeners = []; // locks itself

    public string Address => inner.Address;

    private IQueueBrowser Browser => (IQueueBrowser)inner; // the embedded broker has both powers

    private IBroadcaster Broadcaster => (IBroadcaster)inner;

    public async ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        work.PublishBegins(message.Id);
        try
        {
            await inner.PublishAsync(message, route, cancellationToken).ConfigureAwait(false);
            sent.Published(message, route);
        }
        finally
        {
            work.PublishEnds();
        }
    }

    public async ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages) await PublishAsync(message.Message, message.Route, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => inner.DeclareAsync(queue, cancellationToken);

    public async ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken) =>
        new TrackedConsumer(await inner.ConsumeAsync(settings, cancellationToken).ConfigureAwait(false), Browser, settings, work, time);

    public ValueTask PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        int listeners;
        lock (_listeners) listeners = _listeners.Count(queue => IsCounted(queue) && queue.Exchange.Name == message.Exchange.Name);
        work.BroadcastBegins(listeners);
        return await Broadcaster.BroadcastAsync(message, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var subscription = await Broadcaster.ListenAsync(queue, IsCounted(queue) ? CountAsync : receive, cancellationToken).ConfigureAwait(false);
        lock (_listeners) _listeners.Add(queue);
        return new Subscription(this, queue, subscription);

        async ValueTask CountAsync(Broadcast message, CancellationToken stopping)
        {
            try
            {
                await receive(message, stopping).ConfigureAwait(false);
            }
            finally
            {
                work.BroadcastEnds();
            }
        }
    }

    public ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken) => Browser.CountAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken) => Browser.PeekAsync(queue, limit, cancellationToken);

    public async ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        var taken = await Browser.TakeAsync(queue, limit, handler, cancellationToken).ConfigureAwait(false);
        work.Wake();
        return taken;
    }

    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        var removed = await Browser.PurgeAsync(queue, cancellationToken).ConfigureAwait(false);
        work.Wake();
        return removed;
    }

    public async ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken)
    {
        var removed = await Browser.PurgeAsync(queue, most, cancellationToken).ConfigureAwait(false);
        work.Wake();
        return removed;
    }

    public ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken) => Browser.InspectAsync(queue, cancellationToken);

    public ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => Browser.ListAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // Remote control; of other exchanges nobody but the broker knows who gets a message.
    private static bool IsCounted(BroadcastQueue queue) => queue.Exchange.Type == "fanout";

    private void Forget(BroadcastQueue queue)
    {
        lock (_listeners) _listeners.Remove(queue);
    }

    private sealed class Subscription(TrackedBroker owner, BroadcastQueue queue, IAsyncDisposable inner) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            owner.Forget(queue);
            return inner.DisposeAsync();
        }
    }
}
