using System.Collections.Frozen;

namespace CeleryNet.Worker;

/// <summary>Which queues' tasks must not be started now, since the queue is paused or was left. While that is none, which is nearly always, asking costs one comparison. Thread-safe.</summary>
internal sealed class QueueGate
{
    private readonly Lock _lock = new();
    private FrozenSet<string>? _closed;

    /// <summary>True while tasks of the queue may start.</summary>
    internal bool IsOpen(string queue) => Volatile.Read(ref _closed) is not { } closed || !closed.Contains(queue);

    internal void Close(string queue)
    {
        lock (_lock) Set([.. _closed ?? [], queue]);
    }

    internal void Open(string queue)
    {
        lock (_lock) Set([.. (_closed ?? []).Where(other => other != queue)]);
    }

    private void Set(HashSet<string> closed) => Volatile.Write(ref _closed, closed.Count == 0 ? null : closed.ToFrozenSet());
}
