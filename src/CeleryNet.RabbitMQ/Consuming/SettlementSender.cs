using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>
/// Sends the settlements of one channel: at once when none was sent for a moment, when nothing else is open or when something goes back; else in batches, when much is finished or the moment
/// is over. So what has run and may run again after a fault is hardly more than what is running. One loop sends, so that the order on the wire is the order decided.
/// </summary>
internal sealed class SettlementSender : IAsyncDisposable
{
    // From 50 on the broker gains nothing more by larger batches; 2 ms are too short to matter to the prefetch window.
    private const int BatchSize = 50;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(2);

    // So few cost nothing one by one, so that they wait for no gap to close.
    private const int Few = 8;

    private readonly IChannel _channel;
    private readonly RabbitMQConnection _connection;
    private readonly Lock _gate = new();
    private readonly AckWindow _window = new();
    private readonly AsyncSignal _flush = new();
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private long _lastSend;
    private bool _isTimerSet;
    private volatile bool _isEnding;

    internal SettlementSender(IChannel channel, RabbitMQConnection connection, TimeProvider time)
    {
        (_channel, _connection, _time) = (channel, connection, time);
        _lastSend = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((SettlementSender)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Deliveries without a settlement.</summary>
    internal int Open
    {
        get
        {
            lock (_gate) return _window.Open;
        }
    }

    internal AckEntry Deliver(ulong tag)
    {
        lock (_gate) return _window.Deliver(tag);
    }

    internal void Settle(AckEntry entry, Settlement settlement)
    {
        bool isUrgent;
        lock (_gate)
        {
            if (!_window.Settle(entry, settlement)) return;
            isUrgent = _window.HasReturned || _window.Open == 0 || _window.Finished >= BatchSize || (!_isTimerSet && _time.GetElapsedTime(_lastSend) >= MaxDelay);
            if (!isUrgent) SetTimer();
        }

        if (isUrgent) _flush.Set();
    }

    /// <summary>Sends what is left and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        _flush.Set();
        await _loop.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private void OnTimer()
    {
        lock (_gate) _isTimerSet = false;
        _flush.Set();
    }

    private void SetTimer()
    {
        if (_isTimerSet) return;
        _isTimerSet = true;
        _timer.Change(MaxDelay, Timeout.InfiniteTimeSpan);
    }

    private async Task RunAsync()
    {
        var frames = new List<SettlementFrame>();
        var isEnding = false;
        while (!isEnding)
        {
            await _flush.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            isEnding = _isEnding;
            lock (_gate)
            {
                _window.Collect(frames, isEnding || _window.Finished <= Few);
                if (frames.Count > 0) _lastSend = _time.GetTimestamp();
                if (_window.Finished > 0) SetTimer(); // behind a gap: they go alone next time
            }

            await SendAsync(frames).ConfigureAwait(false);
            frames.Clear();
        }
    }

    private async ValueTask SendAsync(List<SettlementFrame> frames)
    {
        try
        {
            foreach (var frame in frames)
            {
                if (!_connection.IsOpen) return; // the broker delivers them again
                var sending = frame.Settlement == Settlement.Acknowledge
                    ? _channel.BasicAckAsync(frame.Tag, frame.IsMultiple)
                    : _channel.BasicNackAsync(frame.Tag, multiple: false, requeue: frame.Settlement == Settlement.Requeue);
                if (sending.IsCompleted) await sending.ConfigureAwait(false);
                else await _connection.AskAsync(sending.AsTask()).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            _connection.Drop(CloseReasons.Describe(error));
        }
    }
}
