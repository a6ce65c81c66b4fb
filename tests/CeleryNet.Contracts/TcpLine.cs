using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace CeleryNet.Contracts;

/// <summary>One direction of a connection of a <see cref="TcpProxy"/>: at once, or delayed and throttled.</summary>
internal sealed class TcpLine : IAsyncDisposable
{
    private readonly Socket _to;
    private readonly TimeSpan _delay;
    private readonly int _bytesPerSecond;
    private readonly Channel<(byte[] Bytes, long Due)>? _underWay;
    private readonly Task _carrying = Task.CompletedTask;

    internal TcpLine(Socket to, TimeSpan delay, int bytesPerSecond)
    {
        (_to, _delay, _bytesPerSecond) = (to, delay, bytesPerSecond);
        if (delay == TimeSpan.Zero && bytesPerSecond == int.MaxValue) return;
        _underWay = Channel.CreateUnbounded<(byte[], long)>();
        _carrying = CarryAsync(_underWay.Reader);
    }

    /// <summary>Sends; a slow line takes a copy and returns at once.</summary>
    internal async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_underWay is null) await SendAllAsync(bytes);
        else _underWay.Writer.TryWrite((bytes.ToArray(), Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency)));
    }

    /// <summary>Returns when everything is sent or cannot be.</summary>
    public async ValueTask DisposeAsync()
    {
        _underWay?.Writer.TryComplete();
        await _carrying;
    }

    private async Task CarryAsync(ChannelReader<(byte[] Bytes, long Due)> underWay)
    {
        try
        {
            await foreach (var (bytes, due) in underWay.ReadAllAsync())
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero) await Task.Delay(wait);
                await SendAllAsync(bytes);
                await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / _bytesPerSecond));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // the receiver is gone, and the proxy sees it too
        }
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await _to.SendAsync(bytes)..];
    }
}
