using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Testing;

/// <summary>
/// A consumer whose deliveries are counted. A task that is not due is kept here instead of in the worker, whose own timers could miss a clock that jumps: it reaches the worker exactly when the
/// clock reaches its time.
/// </summary>
internal sealed class TrackedConsumer : IBrokerConsumer
{
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>();
    private readonly IBrokerConsumer _inner;
    private readonly IQueueBrowser _browser;
    private readonly IReadOnlyList<string> _queues;
    private readonly OpenWork _work;
    private readonly VirtualTime _time;
    private readonly Task _pump;
    private int _prefetch;

    internal TrackedConsumer(IBrokerConsumer inner, IQueueBrowser browser, ConsumerSettings settings, OpenWork work, VirtualTime time)
    {
        (_inner, _browser, _work, _time, _prefetch) = (inner, browser, work, time, settings.Prefetch);
        _queues = [.. settings.Queues.Select(queue => queue.Name)];
        work.Add(this);
        _pump = PumpAsync();
    }

    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public ConsumerStatus Status => _inner.Status;

    /// <summary>What is kept until it is due. Under the lock of the work.</summary>
    internal Dictionary<Delivery, DateTimeOffset> Delayed { get; } = [];

    /// <summary>How many messages wait in each queue that is consumed, and between queue and worker; empty ones are left out.</summary>
    internal IEnumerable<(string Queue, long Count)> Waiting()
    {
        foreach (var queue in _queues)
        {
            // The embedded broker answers at once.
            if (_browser.CountAsync(queue, CancellationToken.None).AsTask().GetAwaiter().GetResult() is > 0 and var count) yield return (queue, count);
        }

        if (_inner.Deliveries.Count is > 0 and var fetched) yield return (string.Join(", ", _queues), fetched);
    }

    public bool IsCurrent(Delivery delivery) => _inner.IsCurrent(delivery);

    public async ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        await _inner.SettleAsync(delivery, settlement, cancellationToken).ConfigureAwait(false);
        _work.Settled(delivery);
    }

    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _prefetch, count);
        return UpdatePrefetchAsync();
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await _inner.StopAsync(cancellationToken).ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        var unread = new List<Delivery>();
        while (_deliveries.Reader.TryRead(out var delivery)) unread.Add(delivery);
        lock (_work.Lock)
        {
            unread.AddRange(Delayed.Keys);
            Delayed.Clear();
        }

        foreach (var delivery in Enumerable.Reverse(unread)) await SettleAsync(delivery, Settlement.Requeue, CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        _work.Remove(this);
    }

    private async Task PumpAsync()
    {
        while (await _inner.Deliveries.WaitToReadAsync().ConfigureAwait(false))
        {
            while (TryTake()) await UpdatePrefetchAsync().ConfigureAwait(false);
        }

        _deliveries.Writer.TryComplete();
    }

    // Out of the channel, counted and bound to the clock in one step, so that it is never missed in between.
    private bool TryTake()
    {
        lock (_work.Lock)
        {
            if (!_inner.Deliveries.TryRead(out var delivery)) return false;
            var due = DueOf(delivery);
            _work.Taken(delivery, isDue: due is null);
            if (due is { } moment)
            {
                Delayed.Add(delivery, moment);
                _time.At(moment, () => Release(delivery));
            }
            else
            {
                _deliveries.Writer.TryWrite(delivery);
            }

            return true;
        }
    }

    private DateTimeOffset? DueOf(Delivery delivery)
    {
        var message = delivery.Message;
        if (message.Eta is not { } eta || eta <= _time.GetUtcNow()) return null;
        return message.Expires is { } expires && expires < eta ? expires : eta; // the worker ends it then
    }

    private void Release(Delivery delivery)
    {
        lock (_work.Lock)
        {
            if (!Delayed.Remove(delivery)) return; // the consumer has stopped
            _work.Taken(delivery, isDue: true);
        }

        _deliveries.Writer.TryWrite(delivery);
    }

    // What is only kept takes no room of what is due.
    private ValueTask UpdatePrefetchAsync()
    {
        int delayed;
        lock (_work.Lock) delayed = Delayed.Count;
        return _inner.SetPrefetchAsync(Volatile.Read(ref _prefetch) + delayed, CancellationToken.None);
    }
}
