using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Gives a decorated broker the optional powers of what it decorates, so that the host finds them as without the decorator.</summary>
public static class BrokerPowers
{
    /// <summary>The decorated broker with the powers of <paramref name="inner"/>.</summary>
    public static IBroker Restore(IBroker decorated, IBroker inner) => inner switch
    {
        IQueueBrowser browser and IBroadcaster broadcaster and IFlagStore flags => new All(decorated, browser, broadcaster, flags),
        IQueueBrowser browser and IBroadcaster broadcaster => new Both(decorated, browser, broadcaster),
        IQueueBrowser browser => new Browsing(decorated, browser),
        IBroadcaster broadcaster => new Broadcasting(decorated, broadcaster),
        _ => decorated,
    };

    private class Browsing(IBroker decorated, IQueueBrowser browser) : Transparent(decorated), IQueueBrowser
    {
        public ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken) => browser.CountAsync(queue, cancellationToken);

        public ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken) => browser.PeekAsync(queue, limit, cancellationToken);

        public ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken) =>
            browser.TakeAsync(queue, limit, handler, cancellationToken);

        public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken) => browser.PurgeAsync(queue, cancellationToken);

        public ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken) => browser.PurgeAsync(queue, most, cancellationToken);

        public ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken) => browser.InspectAsync(queue, cancellationToken);

        public ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) => browser.ListAsync(cancellationToken);
    }

    private sealed class Broadcasting(IBroker decorated, IBroadcaster broadcaster) : Transparent(decorated), IBroadcaster
    {
        public ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken) => broadcaster.BroadcastAsync(message, cancellationToken);

        public ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken) =>
            broadcaster.ListenAsync(queue, receive, cancellationToken);
    }

    private class Both(IBroker decorated, IQueueBrowser browser, IBroadcaster broadcaster) : Browsing(decorated, browser), IBroadcaster
    {
        public ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken) => broadcaster.BroadcastAsync(message, cancellationToken);

        public ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken) =>
            broadcaster.ListenAsync(queue, receive, cancellationToken);
    }

    private sealed class All(IBroker decorated, IQueueBrowser browser, IBroadcaster broadcaster, IFlagStore flags) : Both(decorated, browser, broadcaster), IFlagStore
    {
        public ValueTask SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken) => flags.SetAsync(name, lifetime, cancellationToken);

        public ValueTask<bool> IsSetAsync(string name, CancellationToken cancellationToken) => flags.IsSetAsync(name, cancellationToken);

        public ValueTask ClearAsync(string name, CancellationToken cancellationToken) => flags.ClearAsync(name, cancellationToken);
    }

    private class Transparent(IBroker inner) : DecoratedBroker(inner);
}
