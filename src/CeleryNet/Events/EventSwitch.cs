namespace CeleryNet.Events;

/// <summary>Whether a worker tells about its tasks; changed while it runs by the commands <c>enable_events</c> and <c>disable_events</c>. Thread-safe; asking is one volatile read.</summary>
internal sealed class EventSwitch(bool isOn)
{
    private int _isOn = isOn ? 1 : 0;

    internal bool IsOn => Volatile.Read(ref _isOn) == 1;

    /// <returns>False when it was on already.</returns>
    internal bool TryEnable() => Interlocked.Exchange(ref _isOn, 1) == 0;

    /// <returns>False when it was off already.</returns>
    internal bool TryDisable() => Interlocked.Exchange(ref _isOn, 0) == 1;
}
