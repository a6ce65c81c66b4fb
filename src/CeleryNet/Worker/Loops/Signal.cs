using System.Threading.Channels;

namespace CeleryNet.Worker.Loops;

/// <summary>Wakes a loop. Setting it twice wakes once; setting it while nobody waits is kept. One waiter, any number of setters.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    internal void Set() => _set.Writer.TryWrite(true);

    internal async ValueTask WaitAsync(CancellationToken cancellationToken) => await _set.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the signal, but no longer than <paramref name="timeout"/>.</summary>
    internal async ValueTask WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_set.Reader.TryRead(out _)) return;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var signal = _set.Reader.WaitToReadAsync(done.Token).AsTask();
        await Task.WhenAny(Task.Delay(timeout, time, done.Token), signal).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        _set.Reader.TryRead(out _);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
