using System.Security.Cryptography;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Diagnostics;

namespace CeleryNet.Control;

/// <summary>
/// Which queues are paused. The broker's flags are the truth, which outlives workers and restarts; what is broadcast only makes C# workers look there at once. Python workers know no pause, so
/// those that consume the queue are told to leave it, are noted, and are told to take it up again.
/// </summary>
internal sealed class QueuePauses(IBroker broker, IFlagStore flags, ControlInquiry inquiry)
{
    private const int LongestName = 150; // in bytes; a flag's name has at most 200

    private long _clock;

    /// <summary>The pauses of a broker; <c>null</c> where it keeps no flags.</summary>
    internal static QueuePauses? Of(IBroker broker, TimeProvider time) => broker is IFlagStore flags ? new QueuePauses(broker, flags, new ControlInquiry(broker, time)) : null;

    /// <summary>False where all are in one process, and nobody can miss what is broadcast.</summary>
    internal bool MayMissBroadcasts => broker is not MemoryBroker;

    internal ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken) => flags.IsSetAsync(FlagOf(queue), cancellationToken);

    /// <summary>Pauses a queue. It is certain when this returns, for workers that cannot be reached now too.</summary>
    internal async Task PauseAsync(string queue, CancellationToken cancellationToken)
    {
        await flags.SetAsync(FlagOf(queue), null, cancellationToken).ConfigureAwait(false);
        if (broker is not IBroadcaster broadcaster) return;
        await broadcaster.BroadcastAsync(ControlMessages.LookAtQueue(queue, NextClock()), cancellationToken).ConfigureAwait(false);
        var consuming = await inquiry.ConsumersOfAsync(queue, NextClock(), cancellationToken).ConfigureAwait(false);
        if (consuming.Count == 0) return;
        foreach (var node in consuming) await flags.SetAsync(FlagOf(queue, node), null, cancellationToken).ConfigureAwait(false); // before they leave it, so that none is forgotten
        await broadcaster.BroadcastAsync(ControlMessages.CancelConsumer(queue, consuming, NextClock()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a queue go on.</summary>
    internal async Task ResumeAsync(string queue, CancellationToken cancellationToken)
    {
        await flags.ClearAsync(FlagOf(queue), cancellationToken).ConfigureAwait(false);
        if (broker is not IBroadcaster broadcaster) return;
        await broadcaster.BroadcastAsync(ControlMessages.LookAtQueue(queue, NextClock()), cancellationToken).ConfigureAwait(false);
        var left = new List<string>();
        foreach (var node in await inquiry.NodesAsync(NextClock(), cancellationToken).ConfigureAwait(false))
        {
            if (await flags.IsSetAsync(FlagOf(queue, node), cancellationToken).ConfigureAwait(false)) left.Add(node);
        }

        if (left.Count == 0) return;
        await broadcaster.BroadcastAsync(ControlMessages.AddConsumer(queue, left, NextClock()), cancellationToken).ConfigureAwait(false);
        foreach (var node in left) await flags.ClearAsync(FlagOf(queue, node), cancellationToken).ConfigureAwait(false);
    }

    private static string FlagOf(string queue, string? node = null)
    {
        var name = node is null ? $"paused.{queue}" : $"left.{node}.{queue}";
        return Encoding.UTF8.GetByteCount(name) <= LongestName ? name : $"{name[..4]}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }

    private long NextClock() => Interlocked.Increment(ref _clock);
}
