using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Tests.Events;

/// <summary>Takes event messages, or refuses them as told.</summary>
internal sealed class EventBroadcaster : IBroadcaster
{
    private readonly Channel<Broadcast> _taken = Channel.CreateUnbounded<Broadcast>();
    private int _attempts;

    internal ChannelReader<Broadcast> Taken => _taken.Reader;

    /// <summary>How often it was asked.</summary>
    internal int Attempts => Volatile.Read(ref _attempts);

    /// <summary>What it throws; <c>null</c> when it takes everything.</summary>
    internal volatile Exception? Failure;

    /// <summary>When set, nothing is taken before it is completed.</summary>
    internal TaskCompletionSource? Gate { get; init; }

    /// <summary>How many hear what it takes; <c>null</c>: it does not know.</summary>
    internal int? Listeners { get; set; }

    public async ValueTask<int?> BroadcastAsync(Broadcast message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        if (Gate is { } gate) await gate.Task.WaitAsync(cancellationToken);
        if (Failure is { } failure) throw failure;
        _taken.Writer.TryWrite(message with { Body = message.Body.ToArray() });
        return Listeners;
    }

    public ValueTask<IAsyncDisposable> ListenAsync(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Nobody listens here.");
}
