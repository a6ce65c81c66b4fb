using System.Net.Sockets;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>The client library's way to a socket, which also tells whether anything arrives.</summary>
internal sealed class WatchedTcpClient(Socket socket) : TcpClientAdapter(socket)
{
    private int _reads;

    /// <summary>Grows whenever something arrived: the library asks for more only then.</summary>
    internal int Reads => Volatile.Read(ref _reads);

    public override NetworkStream GetStream() => new WatchedStream(this);

    private sealed class WatchedStream(WatchedTcpClient owner) : NetworkStream(owner.Client)
    {
        public override int Read(Span<byte> buffer)
        {
            Interlocked.Increment(ref owner._reads);
            return base.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Interlocked.Increment(ref owner._reads);
            return base.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref owner._reads);
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref owner._reads);
            return base.ReadAsync(buffer, offset, count, cancellationToken);
        }
    }
}
