using System.Net;
using System.Net.Sockets;

namespace CeleryNet.Contracts;

/// <summary>What a <see cref="TcpProxy"/> does with connections.</summary>
public enum TcpProxyMode
{
    /// <summary>Passes everything on.</summary>
    Pass,

    /// <summary>Does not listen, so that connecting is refused; cuts what is open.</summary>
    Refuse,

    /// <summary>Accepts and resets at once; cuts what is open.</summary>
    Reset,

    /// <summary>Keeps everything open and carries nothing; what was sent meanwhile is carried when it passes again.</summary>
    Pause,

    /// <summary>Keeps everything open and swallows what is sent, in both directions. Connections of that time are cut when it passes again.</summary>
    Blackhole,

    /// <summary>As <see cref="Blackhole"/>, but only for what clients send.</summary>
    BlackholeToServer,

    /// <summary>As <see cref="Blackhole"/>, but only for what the server sends.</summary>
    BlackholeToClient,
}

/// <summary>A TCP proxy on the loopback interface that can be told to fail, to put between a client and a server. Changing the mode takes effect at once.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly List<Link> _links = [];
    private readonly List<Task> _tasks = [];
    private TcpListener? _listener;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpProxyMode _mode = TcpProxyMode.Pass;
    private bool _isDisposed;
    private int _accepted;
    private long _swallowed;
    private TimeSpan _delay;
    private int _bytesPerSecond = int.MaxValue;

    private TcpProxy(string host, int port) => (_host, _port) = (host, port);

    /// <summary>Port on 127.0.0.1; stays the same for the life of the proxy.</summary>
    public int Port { get; private set; }

    /// <summary>How many connections were accepted so far, reset ones included.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many connections are open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate) return _links.Count;
        }
    }

    /// <summary>How many bytes were swallowed so far.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

    /// <summary>What the proxy does now.</summary>
    public TcpProxyMode Mode => _mode;

    /// <summary>Starts a proxy to <paramref name="host"/> and <paramref name="port"/> that passes everything.</summary>
    public static TcpProxy Start(string host, int port)
    {
        var proxy = new TcpProxy(host, port);
        proxy.Listen();
        return proxy;
    }

    /// <summary>
    /// Makes the line slow for connections that are opened from now on: everything is <paramref name="delay"/> under way in each direction, and no more than
    /// <paramref name="bytesPerSecond"/> pass in each direction of a connection.
    /// </summary>
    public void SlowDown(TimeSpan delay, int bytesPerSecond)
    {
        lock (_gate) (_delay, _bytesPerSecond) = (delay, bytesPerSecond);
    }

    /// <summary>Changes what the proxy does.</summary>
    public void Set(TcpProxyMode mode)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var before = _mode;
            _mode = mode;
            if (mode is TcpProxyMode.Refuse or TcpProxyMode.Reset || (IsBlackhole(before) && mode == TcpProxyMode.Pass)) CutAll();
            if (mode == TcpProxyMode.Refuse) StopListening();
            else if (_listener is null) Listen();
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Cuts every open connection by a reset; new ones are treated as the mode says.</summary>
    public void Cut()
    {
        lock (_gate) CutAll();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            StopListening();
            CutAll();
            _changed.TrySetResult();
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
    }

    private void Listen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Own(AcceptAsync(_listener));
    }

    private void StopListening()
    {
        _listener?.Dispose();
        _listener = null;
    }

    private void Own(Task task)
    {
        lock (_gate)
        {
            _tasks.RemoveAll(static done => done.IsCompletedSuccessfully);
            _tasks.Add(task);
        }
    }

    private void CutAll()
    {
        foreach (var link in _links) link.Reset();
        _links.Clear();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // no longer listening
            }

            Interlocked.Increment(ref _accepted);
            Own(ServeAsync(new Link(client)));
        }
    }

    private async Task ServeAsync(Link link)
    {
        lock (_gate)
        {
            if (_isDisposed || _mode is TcpProxyMode.Refuse or TcpProxyMode.Reset)
            {
                link.Reset();
                return;
            }

            _links.Add(link);
        }

        try
        {
            await link.Server.ConnectAsync(_host, _port);
            await Task.WhenAny(CarryAsync(link.Client, link.Server, TcpProxyMode.BlackholeToServer), CarryAsync(link.Server, link.Client, TcpProxyMode.BlackholeToClient));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // the server is not there, or the link was cut: either way it ends
        }

        lock (_gate) _links.Remove(link);
        link.Reset();
    }

    private async Task CarryAsync(Socket from, Socket to, TcpProxyMode swallowing)
    {
        var buffer = new byte[64 * 1024];
        await using var line = NewLine(to);
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer);
                if (count == 0) await WhileSwallowingAsync(swallowing); // the end is swallowed too
                if (!await PassesAsync(swallowing))
                {
                    Interlocked.Add(ref _swallowed, count);
                    continue;
                }

                if (count == 0) return;
                await line.SendAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            await WhileSwallowingAsync(swallowing); // one side is gone; the caller ends the other, which in a black hole does not learn of it
        }
    }

    private TcpLine NewLine(Socket to)
    {
        lock (_gate) return new TcpLine(to, _delay, _bytesPerSecond);
    }

    private static bool IsBlackhole(TcpProxyMode mode) => mode is TcpProxyMode.Blackhole or TcpProxyMode.BlackholeToServer or TcpProxyMode.BlackholeToClient;

    private bool Swallows(TcpProxyMode direction) => !_isDisposed && (_mode == TcpProxyMode.Blackhole || _mode == direction);

    private async Task WhileSwallowingAsync(TcpProxyMode direction)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!Swallows(direction)) return;
                changed = _changed.Task;
            }

            await changed;
        }
    }

    // Waits while paused; false when what was read is to be swallowed.
    private async Task<bool> PassesAsync(TcpProxyMode direction)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Swallows(direction)) return false;
                if (_mode != TcpProxyMode.Pause || _isDisposed) return true;
                changed = _changed.Task;
            }

            await changed;
        }
    }

    private sealed class Link(Socket client)
    {
        internal Socket Client { get; } = Hasty(client);

        internal Socket Server { get; } = Hasty(new Socket(SocketType.Stream, ProtocolType.Tcp));

        internal void Reset()
        {
            Client.Dispose();
            Server.Dispose();
        }

        // Closing sends a reset, as a crash does, and nothing is held back.
        private static Socket Hasty(Socket socket)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.NoDelay = true;
            return socket;
        }
    }
}
