using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using CeleryNet.Diagnostics;
using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>
/// A connection that waits for an element of a list and drops it as it comes in. <c>BLMOVE</c> answers with the whole element; the client would hold a large one three times in
/// memory, only to learn that it is there. A script may be sent right behind: the server runs it in the moment in which the wait ends. Speaks RESP2.
/// </summary>
internal sealed class PeekSocket : IAsyncDisposable
{
    private const int EndOfLine = 2;

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

    /// <summary>The call of a script that the server knows, as it goes over the wire.</summary>
    internal static byte[] Command(RedisScript.Variant script, RedisKey[] keys, RedisValue[] values)
    {
        byte[][] start = ["EVALSHA"u8.ToArray(), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(script.Hash)), Encoding.ASCII.GetBytes($"{keys.Length}")];
        return Encode([.. start, .. keys.Select(static key => (byte[]?)key ?? []), .. values.Select(static value => (byte[]?)value ?? [])]);
    }

    /// <summary>Sends commands; each has to be read.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    internal ValueTask SendAsync(ReadOnlyMemory<byte> commands, CancellationToken cancellationToken) => _stream.WriteAsync(commands, cancellationToken);

    /// <summary>Reads the answer of the peek.</summary>
    /// <returns>False when it answered with nothing.</returns>
    /// <exception cref="IOException">The server refuses it, or the connection is lost.</exception>
    internal async Task<bool> ReadPeekAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line[0] != '$' || line == "$-1") return false;
        await SkipAsync(Number(line) + EndOfLine, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads the answer of a script: a flat list of numbers and texts.</summary>
    /// <returns>The list; <c>null</c> when it answered with nothing.</returns>
    /// <exception cref="IOException">The server refuses it, or the connection is lost.</exception>
    internal async Task<RedisValue[]?> ReadListAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line[0] != '*' || line == "*-1") return null;
        var values = new RedisValue[Number(line)];
        for (var i = 0; i < values.Length; i++)
        {
            line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
            values[i] = line[0] == ':' ? long.Parse(line.AsSpan(1), provider: CultureInfo.InvariantCulture) : await ReadTextAsync(Number(line), cancellationToken).ConfigureAwait(false);
        }

        return values;
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
        return await ReadAnyLineAsync(cancellationToken).ConfigureAwait(false);
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

    private static int Number(string line) => int.Parse(line.AsSpan(1), provider: CultureInfo.InvariantCulture);

    private async ValueTask<byte[]> ReadTextAsync(int count, CancellationToken cancellationToken)
    {
        var text = new byte[count];
        var here = Math.Min(count, _end - _start);
        _buffer.AsSpan(_start, here).CopyTo(text);
        _start += here;
        await _stream.ReadExactlyAsync(text.AsMemory(here), cancellationToken).ConfigureAwait(false);
        await SkipAsync(EndOfLine, cancellationToken).ConfigureAwait(false);
        return text;
    }

    // An error is a line of its own wherever an answer may stand, except where the connection is introduced.
    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = await ReadAnyLineAsync(cancellationToken).ConfigureAwait(false);
        if (line[0] == '-') throw new IOException($"the server answered '{Printable.Limit(line[1..])}'");
        return line;
    }

    private async ValueTask<string> ReadAnyLineAsync(CancellationToken cancellationToken)
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
