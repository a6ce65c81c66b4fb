namespace CeleryNet.Events;

/// <summary>Whether a worker sends events of its tasks. Remote control turns it; the sender reads it before each event, which costs one read. Thread-safe.</summary>
internal sealed class EventSwitch(bool isOn = false)
{
    private int _isOn = isOn ? 1 : 0;

    /// <summary>True while events of tasks are sent.</summary>
    internal bool IsOn => Volatile.Read(ref _isOn) == 1;

    /// <summary>Sends a heartbeat at once; set by the sender, <c>null</c> while there is none.</summary>
    internal Func<CancellationToken, ValueTask>? SendHeartbeat { get; set; }

    /// <summary>Turns it.</summary>
    /// <returns>False when it stood so already.</returns>
    internal bool Turn(bool on) => Interlocked.Exchange(ref _isOn, on ? 1 : 0) != (on ? 1 : 0);
}
