using System.Threading.Channels;

namespace CeleryNet.Sql.Databases;

/// <summary>A signal that one waiter consumes. Set while nobody waits, it is remembered once.</summary>
internal sealed class AsyncSignal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    internal void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Waits for the signal, or until the limit is over.</summary>
    internal async ValueTask WaitAsync(TimeSpan? limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_channel.Reader.TryRead(out _)) return;
        if (limit is not { } longest)
        {
            await _channel.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        using var timer = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await _channel.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // the limit is over
        }
    }
}
