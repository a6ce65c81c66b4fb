using System.Text.Json;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Events;

/// <summary>
/// Sends the events of one node. Whoever has something to tell writes it into a buffer and goes on; one loop sends. Neither a broker that is away nor one that refuses events is felt by
/// anybody: what waits is bounded, and the oldest go first. Thread-safe.
/// </summary>
internal sealed class EventDispatcher : IAsyncDisposable
{
    // As long as a busy worker collects before it sends. Celery sends when its loop is idle, which here nobody is; a monitor does not feel it, and the lists are full.
    private static readonly TimeSpan Collecting = TimeSpan.FromMilliseconds(20);

    // A publish waits for the connection by itself, so that this only keeps a broker that refuses at once from being asked without end.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private const int MostPerRound = 64; // messages on their way at the same time

    private readonly EventSender _sender;
    private readonly string _nodeName;
    private readonly EventWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly EventBuffer _buffer = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Channel<bool> _haste = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _completing = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _startGate = new();
    private Task? _loop;
    private volatile bool _isAway; // changed by the loop alone, as the one below
    private bool _hasDropped;
    private int _isDisposed;

    internal EventDispatcher(IBroadcaster broadcaster, string nodeName, LamportClock clock, TimeProvider time, ILogger logger)
    {
        (_nodeName, _time, _logger) = (nodeName, time, logger);
        _writer = new EventWriter(nodeName, clock, time);
        _sender = new EventSender(broadcaster, nodeName, logger);
    }

    /// <summary>Sends an event of a worker about a task; several travel together.</summary>
    /// <param name="type">Type of the event.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has.</param>
    internal void Send<TState>(string type, TState state, Action<Utf8JsonWriter, TState> fields)
    {
        using var scratch = WireBuffer.Rent();
        _writer.Write(scratch, type, state, fields);
        Tell(_buffer.AddToList(scratch.Span));
    }

    /// <summary>Sends an event of a worker about a task that has nothing to escape, in a fraction of the time.</summary>
    /// <param name="type">Type of the event.</param>
    /// <param name="at">When it happened: timestamp of the clock.</param>
    /// <param name="size">How many bytes the fields take at most.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has, each with a comma before it.</param>
    internal void SendPlain<TState>(string type, long at, int size, TState state, PlainFields<TState> fields) => Tell(_buffer.AddToList(_writer, type, at, size, state, fields));

    /// <summary>Sends an event in a message of its own.</summary>
    /// <param name="type">Type of the event.</param>
    /// <param name="state">What <paramref name="fields"/> needs.</param>
    /// <param name="fields">Writes the fields that only this type has.</param>
    /// <param name="replaces">True: an older one of this type that still waits is left out.</param>
    internal void SendAlone<TState>(string type, TState state, Action<Utf8JsonWriter, TState> fields, bool replaces = false)
    {
        using var scratch = WireBuffer.Rent();
        _writer.Write(scratch, type, state, fields);
        _buffer.AddAlone(EventTypes.RoutingKeyOf(type), scratch.Span, replaces);
        Wake();
    }

    /// <summary>Sends what waits, without waiting for more, and ends. A broker that is known to be away is not asked any more.</summary>
    internal async Task CompleteAsync()
    {
        if (_isAway) await _stopping.CancelAsync().ConfigureAwait(false);
        await _completing.CancelAsync().ConfigureAwait(false);
        _wake.Writer.TryComplete();
        Task? loop;
        lock (_startGate) loop = _loop;
        if (loop is not null) await loop.ConfigureAwait(false);
    }

    /// <summary>Ends; what waits is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await CompleteAsync().ConfigureAwait(false);
        _buffer.Close();
        _stopping.Dispose();
        _completing.Dispose();
    }

    private void Tell(EventUrgency urgency)
    {
        if (urgency == EventUrgency.None) return;
        if (urgency == EventUrgency.Now) _haste.Writer.TryWrite(true);
        Wake();
    }

    private void Wake()
    {
        _wake.Writer.TryWrite(true);
        if (Volatile.Read(ref _loop) is not null) return;
        lock (_startGate)
        {
            if (_loop is null && !_completing.IsCancellationRequested) Volatile.Write(ref _loop, Task.Run(RunAsync));
        }
    }

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            await CollectAsync().ConfigureAwait(false);
            await SendAllAsync().ConfigureAwait(false);
        }

        await SendAllAsync().ConfigureAwait(false);
        _buffer.Close();
        if (_buffer.TakeDropped() is > 0 and var lost) Log.EventsLost(_logger, _nodeName, lost);
    }

    private async Task CollectAsync()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_completing.Token);
        var delay = Task.Delay(Collecting, _time, enough.Token);
        var haste = _haste.Reader.WaitToReadAsync(enough.Token).AsTask();
        await Task.WhenAny(delay, haste).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(delay, haste).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // one of them was cancelled, neither fails
    }

    private async Task SendAllAsync()
    {
        _haste.Reader.TryRead(out _);
        while (!_stopping.IsCancellationRequested && _buffer.Take(MostPerRound) is { Count: > 0 } round)
        {
            if (await SendAsync(round).ConfigureAwait(false)) continue;
            if (_completing.IsCancellationRequested) return;
            await Task.Delay(Pause, _time, _completing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What the broker could not be told comes back to the buffer.
    private async Task<bool> SendAsync(List<EventMessage> round)
    {
        var left = new List<EventMessage>();
        var failure = await _sender.SendAsync(round, left, _stopping.Token).ConfigureAwait(false);
        _buffer.Return(left);
        if (failure is null) IsBack();
        else IsAway(failure);
        return failure is null;
    }

    private void IsAway(Exception error)
    {
        if (!_isAway && !_stopping.IsCancellationRequested) Log.EventsWait(_logger, _nodeName, EventBuffer.MostEvents, (error as TaskQueueException)?.Reason ?? error.Message);
        _isAway = true;
        if (_buffer.TakeDropped() is not (> 0 and var dropped)) return;
        if (!_hasDropped) Log.EventsDropped(_logger, _nodeName, dropped, EventBuffer.MostEvents);
        _hasDropped = true;
    }

    private void IsBack()
    {
        if (_isAway) Log.EventsFlow(_logger, _nodeName);
        (_isAway, _hasDropped) = (false, false);
        if (_buffer.TakeDropped() is > 0 and var dropped) Log.EventsDropped(_logger, _nodeName, dropped, EventBuffer.MostEvents); // more was told than the broker takes
    }
}
