namespace CeleryNet.Testing;

/// <summary>A timer of a <see cref="VirtualTime"/>. Due, order and period are under the clock's lock.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture(); // as the system's timers do
    private volatile bool _isDisposed;

    internal DateTimeOffset Due { get; set; }

    /// <summary>Tells timers apart that are due at the same moment.</summary>
    internal long Order { get; set; }

    internal TimeSpan? Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed) return false;
        // Not on this thread: whoever sets a timer does not expect it to run meanwhile.
        if (time.Schedule(this, dueTime, period)) ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Run(), this, preferLocal: false);
        return true;
    }

    public void Dispose()
    {
        _isDisposed = true;
        time.Remove(this);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    internal static int Compare(VirtualTimer one, VirtualTimer other)
    {
        var byDue = one.Due.CompareTo(other.Due);
        return byDue != 0 ? byDue : one.Order.CompareTo(other.Order);
    }

    internal void Run()
    {
        if (_isDisposed) return;
        if (_context is null) callback(state);
        else ExecutionContext.Run(_context, static self => ((VirtualTimer)self!).Call(), this);
    }

    private void Call() => callback(state);
}
