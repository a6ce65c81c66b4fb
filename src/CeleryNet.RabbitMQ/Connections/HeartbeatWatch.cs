namespace CeleryNet.RabbitMQ.Connections;

/// <summary>
/// Ends a connection on which nothing arrives any more: at the latest two heartbeat intervals after the last sign of life. The client library does so itself, but later, and its way crashes the process
/// in version 7.1 when the socket closes meanwhile (an exception in a timer's callback); so it must never get that far.
/// </summary>
internal sealed class HeartbeatWatch : IDisposable
{
    // The broker sends something every half interval. Of eight quarters without a sign the library makes a failure after the ninth; counted, not timed, so that a process
    // that was frozen looks at what has arrived before it judges.
    private const int QuartersPerInterval = 4;
    private const int MostSilentQuarters = 7;

    private readonly WatchedTcpClient _client;
    private readonly TimeSpan _interval;
    private readonly Action<string> _drop;
    private readonly ITimer? _timer;
    private int _reads;
    private int _silentQuarters;

    /// <param name="client">What is watched.</param>
    /// <param name="interval">The interval both sides agreed on; zero for none, so that nothing is watched.</param>
    /// <param name="drop">Ends the connection for a reason.</param>
    /// <param name="time">Clock.</param>
    internal HeartbeatWatch(WatchedTcpClient client, TimeSpan interval, Action<string> drop, TimeProvider time)
    {
        (_client, _interval, _drop) = (client, interval, drop);
        if (interval <= TimeSpan.Zero) return;
        var quarter = interval / QuartersPerInterval;
        _timer = time.CreateTimer(static self => ((HeartbeatWatch)self!).Look(), this, quarter, quarter);
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        var reads = _client.Reads;
        if (reads != _reads)
        {
            (_reads, _silentQuarters) = (reads, 0);
            return;
        }

        if (++_silentQuarters == MostSilentQuarters) _drop($"no heartbeat arrived for {_interval.TotalSeconds * MostSilentQuarters / QuartersPerInterval:0.#} s");
    }
}
