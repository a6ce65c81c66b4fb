namespace CeleryNet.Brokers.Memory;

/// <content>Keeps deliveries until their time has come.</content>
internal sealed partial class MemoryBroker
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1); // what timers take, and what a step of the clock can cost at most

    private readonly PriorityQueue<MemoryDelivery, DateTimeOffset> _parked = new(); // under the lock
    private ITimer? _wake;

    /// <summary>Keeps a message out of its queue until its time. Under the lock.</summary>
    internal void Park(MemoryDelivery delivery, DateTimeOffset due)
    {
        _parked.Enqueue(delivery, due);
        ArmTimer();
    }

    private void ReturnDue()
    {
        lock (_lock)
        {
            if (_isDisposed) return;
            var now = time.GetUtcNow();
            var due = new Stack<MemoryDelivery>();
            while (_parked.TryPeek(out var delivery, out var moment) && moment <= now) due.Push(_parked.Dequeue());
            foreach (var delivery in due) delivery.Source.Return(delivery); // the latest first, so that the earliest ends up in front
            foreach (var source in due.Select(delivery => delivery.Source).Distinct()) source.Offer();
            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        if (_isDisposed || !_parked.TryPeek(out _, out var next)) return;
        var wait = next - time.GetUtcNow();
        wait = wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait; // rounded up, since timers count whole milliseconds
        _wake ??= time.CreateTimer(static self => ((MemoryBroker)self!).ReturnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _wake.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
