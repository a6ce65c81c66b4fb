using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using CeleryNet.Diagnostics;
using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>
/// A connection that waits for an element of a list and drops it as it comes in. <c>BLMOVE</c> answers with the whole element; the client would hold a large one three times in
/// memory, only to learn that it is there. Speaks RESP2, one command at a time.
/// </summary>
internal sealed class PeekSocket : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Stream _stream;
    private int _start;
    private int _end;

    private PeekSocket(Stream stream) => _stream = stream;

    /// <summary>Connects, authenticates and selects the database.</summary>
    /// <exception cref="IOException">The server refuses it.</exception>
    /// <exception cref="SocketException">Nothing answers.</exception>
    internal static async Task<PeekSocket> ConnectAsync(RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (endpoint.IsTls) stream = await SecureAsync(stream, endpoint, cancellationToken).ConfigureAwait(false);
            var peek = new PeekSocket(stream);
            await peek.IntroduceAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return peek;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The blocking peek as it goes over the wire: the last element, put back where it was.</summary>
    internal static byte[] Command(RedisKey list, TimeSpan block)
    {
        var key = (byte[]?)list ?? [];
        return Encode("BLMOVE"u8.ToArray(), key, key, "RIGHT"u8.ToArray(), "RIGHT"u8.ToArray(), Encoding.ASCII.GetBytes($"{block.TotalSeconds:0}"));
    }

    /// <summary>Sends a command that answers with a bulk string or nothing.</summary>
    /// <returns>False when it answered with nothing.</returns>
    /// <exception cref="IOException">The server refuses it, or the connection is lost.</exception>
    internal async Task<bool> AskAsync(ReadOnlyMemory<byte> command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(command, cancellationToken).ConfigureAwait(false);
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line[0] == '-') throw new IOException($"the server answered '{Printable.Limit(line[1..])}'");
        if (line[0] != '$' || line == "$-1") return false;
        await SkipAsync(int.Parse(line.AsSpan(1), provider: System.Globalization.CultureInfo.InvariantCulture) + 2, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task IntroduceAsync(RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Password is { Length: > 0 } password)
        {
            // A refusal shows in what follows; a server without a password refuses one, and serves.
            await TellAsync(endpoint.User is { } user ? ["AUTH", user, password] : ["AUTH", password], cancellationToken).ConfigureAwait(false);
        }

        await TellAsync(["CLIENT", "SETNAME", "celerynet-wake"], cancellationToken).ConfigureAwait(false); // for people; a user may lack the right
        if (endpoint.Database == 0) return;
        var selected = await TellAsync(["SELECT", $"{endpoint.Database}"], cancellationToken).ConfigureAwait(false);
        if (selected[0] == '-') throw new IOException($"the server answered '{Printable.Limit(selected[1..])}'");
    }

    private async Task<string> TellAsync(string[] command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encode([.. command.Select(Encoding.UTF8.GetBytes)]), cancellationToken).ConfigureAwait(false);
        return await ReadLineAsync(cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Encode(params byte[][] parts)
    {
        using var command = new MemoryStream();
        command.Write(Encoding.ASCII.GetBytes($"*{parts.Length}\r\n"));
        foreach (var part in parts)
        {
            command.Write(Encoding.ASCII.GetBytes($"${part.Length}\r\n"));
            command.Write(part);
            command.Write("\r\n"u8);
        }

        return command.ToArray();
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (length == 0) throw new IOException("the server answered with an empty line");
            if (length > 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, length);
                _start += length + 2;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            if (_end == _buffer.Length) throw new IOException("the server answered with a line without an end");
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask SkipAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            var here = Math.Min(count, _end - _start);
            _start += here;
            count -= here;
            if (count == 0) return;
            (_start, _end) = (0, 0);
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        if (read == 0) throw new IOException("the server closed the connection");
        _end += read;
    }

    private static async Task<Stream> SecureAsync(Stream plain, RedisEndpoint endpoint, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = endpoint.Host };
#pragma warning disable CA5359 // the user asked for it: ssl_cert_reqs=none
        if (!endpoint.VerifyCertificate) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        return secure;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
