using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Testing;

/// <summary>
/// Keeps what the client sends. As the innermost filter it sees the call; the broker beneath it sees the message. What a worker publishes again, a retry for example, passes no filter and is not
/// kept. Thread-safe.
/// </summary>
internal sealed class SentTasks(WireOptions wire, VirtualTime time) : ITaskClientFilter
{
    private readonly AsyncLocal<TaskSending?> _sending = new();
    private readonly List<SentTask> _sent = [];

    internal IReadOnlyList<SentTask> All
    {
        get
        {
            lock (_sent) return [.. _sent];
        }
    }

    public async Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
    {
        _sending.Value = sending; // seen by what is called from here, and by nothing else
        await next().ConfigureAwait(false);
    }

    internal void Published(TaskMessage message, Route route)
    {
        if (_sending.Value is not { } sending) return;
        var sent = new SentTask(message.Copy(), route, sending.Options, time.GetUtcNow(), wire); // the sender's buffer is its own again soon
        lock (_sent) _sent.Add(sent);
    }

    internal void Clear()
    {
        lock (_sent) _sent.Clear();
    }
}
