using System.Security.Cryptography;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;

namespace CeleryNet.Control;

/// <summary>Which queues are paused: flags of the broker, which outlive workers and restarts.</summary>
internal sealed class PauseFlags(IBroker broker, IFlagStore flags)
{
    private const int LongestName = 150; // in bytes; a flag's name has at most 200

    /// <summary>The flags of a broker; <c>null</c> where it keeps none.</summary>
    internal static PauseFlags? Of(IBroker broker) => broker is IFlagStore flags ? new PauseFlags(broker, flags) : null;

    /// <summary>False where all are in one process, and nobody can miss what is broadcast.</summary>
    internal bool MayMissBroadcasts => broker is not MemoryBroker;

    internal ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken) => flags.IsSetAsync(FlagOf(queue), cancellationToken);

    internal ValueTask PauseAsync(string queue, CancellationToken cancellationToken) => flags.SetAsync(FlagOf(queue), null, cancellationToken);

    internal ValueTask ResumeAsync(string queue, CancellationToken cancellationToken) => flags.ClearAsync(FlagOf(queue), cancellationToken);

    /// <summary>Notes that a Python worker leaves a queue because of the pause.</summary>
    internal ValueTask NoteLeftAsync(string queue, string node, CancellationToken cancellationToken) => flags.SetAsync(FlagOf(queue, node), null, cancellationToken);

    internal ValueTask<bool> HasLeftAsync(string queue, string node, CancellationToken cancellationToken) => flags.IsSetAsync(FlagOf(queue, node), cancellationToken);

    internal ValueTask ForgetLeftAsync(string queue, string node, CancellationToken cancellationToken) => flags.ClearAsync(FlagOf(queue, node), cancellationToken);

    private static string FlagOf(string queue, string? node = null)
    {
        var name = node is null ? $"paused.{queue}" : $"left.{node}.{queue}";
        return Encoding.UTF8.GetByteCount(name) <= LongestName ? name : $"{name[..4]}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
    }
}
