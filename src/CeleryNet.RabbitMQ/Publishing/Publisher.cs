using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;
using Microsoft.Extensions.Logging;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// Publishes with confirmations over one connection and one channel. A single loop connects, writes, and connects anew when the connection broke; whoever publishes
/// only waits, and never longer than the publish timeout.
/// </summary>
internal sealed partial class Publisher : IAsyncDisposable
{
    private const string Purpose = "publish";

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly RabbitMQSettings _settings;
    private readonly RabbitMQConnector _connector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PublishQueue _queue;
    private readonly AsyncSignal _work = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _startGate = new();
    private readonly ITimer _sweep;
    private readonly Backoff _backoff;
    private int _isSweepArmed;
    private Task? _loop;
    private Task? _disposal;
    private volatile PublishSession? _session;
    private volatile string? _failure;
    private TaskCompletionSource<PublishSession> _nextSession = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Publisher(RabbitMQSettings settings, RabbitMQConnector connector, Random random, TimeProvider time, ILogger logger)
    {
        (_settings, _connector, _time, _logger) = (settings, connector, time, logger);
        _queue = new PublishQueue(settings.ConfirmWindow, time);
        _backoff = new Backoff(random);
        _sweep = time.CreateTimer(static self => ((Publisher)self!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Hands a message on; it ends by itself.</summary>
    internal void Enqueue(PendingPublish publish)
    {
        publish.Deadline = Deadline();
        ObjectDisposedException.ThrowIf(!_queue.TryAdd(publish), typeof(RabbitMQBroker));
        Wake();
    }

    /// <summary>Hands a message on and waits for its end.</summary>
    internal ValueTask SendAsync(SinglePublish publish, CancellationToken cancellationToken)
    {
        var task = publish.Task;
        publish.CancelBy(cancellationToken);
        Enqueue(publish);
        return task;
    }

    /// <summary>Hands messages on in their order.</summary>
    internal void Enqueue(IReadOnlyList<PendingPublish> publishes)
    {
        var deadline = Deadline();
        foreach (var publish in publishes) publish.Deadline = deadline;
        ObjectDisposedException.ThrowIf(!_queue.TryAdd(publishes), typeof(RabbitMQBroker));
        Wake();
    }

    /// <summary>Runs a question to the broker on the publishing connection, and waits for that connection if need be.</summary>
    /// <exception cref="BrokerUnavailableException">No connection, no answer, or the broker takes nothing.</exception>
    internal async Task AskAsync(Func<TopologyDeclarer, Task> ask, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposal is not null, typeof(RabbitMQBroker));
        Start();
        var started = _time.GetTimestamp();
        while (true)
        {
            PublishSession? session = null;
            try
            {
                session = _session ?? await NextSession().WaitAsync(_settings.PublishTimeout, _time, cancellationToken).ConfigureAwait(false);
                if (session.Connection.IsBlocked) throw Unavailable("it takes nothing from publishers at the moment, since it is short of memory or disk", null);
                await ask(session.Topology).WaitAsync(_settings.PublishTimeout, _time, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is not TaskQueueException and not OperationCanceledException)
            {
                var isLost = session is { Connection.IsOpen: false } && _disposal is null;
                if (isLost && _time.GetElapsedTime(started) < _settings.PublishTimeout) Publish(null, session); // asks again on the next connection
                else throw Unavailable(error is TimeoutException ? _failure ?? $"no answer within {_settings.PublishTimeout.TotalSeconds:0.#} s" : CloseReasons.Describe(error), error);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_startGate) return new ValueTask(_disposal ??= EndAsync());
    }

    private async Task EndAsync()
    {
        await Task.Yield(); // the caller holds the lock
        foreach (var left in _queue.Close()) left.End(NotSent(left));
        if (_session is { } session) await FinishAsync(session).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is { } loop) await loop.ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        foreach (var left in _queue.Close()) left.End(NotSent(left)); // what the loop had in its hands
        _nextSession.TrySetException(new ObjectDisposedException(typeof(RabbitMQBroker).FullName));
        RabbitMQConnection.Observe(_nextSession.Task);
        foreach (var left in _queue.DrainUnconfirmed())
            left.End(new PublishException($"{left.Subject} was sent but not confirmed before the broker was disposed.", [left.TaskId], mayHaveBeenTaken: true));
    }

    private static PublishException NotSent(PendingPublish left) => new($"{left.Subject} was not sent: the broker was disposed.", [left.TaskId], left.Writes > 0);

    private long Deadline() => _time.GetTimestamp() + (long)(_settings.PublishTimeout.TotalSeconds * _time.TimestampFrequency);

    private void Wake()
    {
        Start();
        if (Interlocked.CompareExchange(ref _isSweepArmed, 1, 0) == 0) _sweep.Change(SweepInterval, Timeout.InfiniteTimeSpan);
        _work.Set();
    }

    private void Start()
    {
        if (_loop is not null) return;
        lock (_startGate)
        {
            if (_loop is null && !_stopping.IsCancellationRequested) _loop = Task.Run(RunAsync);
        }
    }

    private Task<PublishSession> NextSession()
    {
        lock (_startGate) return _nextSession.Task;
    }

    // Makes the session known; with a session to replace, only if that is still the known one.
    private void Publish(PublishSession? session, PublishSession? replaced = null)
    {
        lock (_startGate)
        {
            if (replaced is not null && _session != replaced) return;
            _session = session;
            if (session is not null) _nextSession.TrySetResult(session);
            else if (_nextSession.Task.IsCompleted) _nextSession = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // What was written before has its confirmation, or at least has reached the broker, when this returns in time.
    private async Task FinishAsync(PublishSession session)
    {
        var started = _time.GetTimestamp();
        while (_queue.HasUnconfirmed && session.Connection.IsOpen && !session.Connection.IsBlocked && _time.GetElapsedTime(started) < CloseTimeout)
            await Task.Delay(TimeSpan.FromMilliseconds(5), _time).ConfigureAwait(false);
        if (!session.Connection.IsBlocked) await session.Connection.CloseAsync(session.Channel, CloseTimeout).ConfigureAwait(false);
    }

    // Ends what has waited too long. Runs on its own timer, so that it works however the connection hangs.
    private void Sweep()
    {
        var session = _session;
        var now = _time.GetTimestamp();
        var hasUnconfirmed = false;
        foreach (var publish in _queue.TakeExpired(now))
        {
            hasUnconfirmed |= publish.Writes > 0;
            publish.End(TimedOut(publish, session));
        }

        // Not even one confirmation in all that time: nobody is there any more, whatever TCP says.
        if (hasUnconfirmed && session is { Connection.IsBlocked: false } && _time.GetElapsedTime(session.LastConfirm, now) >= _settings.PublishTimeout / 2)
            session.Connection.Drop($"no confirmation within {_settings.PublishTimeout.TotalSeconds:0.#} s");

        Volatile.Write(ref _isSweepArmed, 0);
        if (!_queue.IsEmpty && Interlocked.CompareExchange(ref _isSweepArmed, 1, 0) == 0) _sweep.Change(SweepInterval, Timeout.InfiniteTimeSpan);
    }

    private PublishException TimedOut(PendingPublish publish, PublishSession? session)
    {
        var limit = $"{_settings.PublishTimeout.TotalSeconds:0.###} s";
        var reason = session switch
        {
            null => $"there is no connection to it ({(_failure ?? _connector.LastFailure)?.TrimEnd('.') ?? "the first attempt is under way"})",
            { Connection.IsBlocked: true } => "it takes no messages at the moment, since it is short of memory or disk",
            _ when publish.Writes > 0 => "it was sent but not confirmed",
            _ when publish.Delay is not null => "delayed delivery could not be set up in that time, or too many messages wait for confirmation",
            _ => "it could not be sent, since too many messages wait for confirmation",
        };
        return new PublishException(
            $"{publish.Subject} was not taken by RabbitMQ at {_settings.Address} within {limit}: {reason}. "
                + (publish.Writes > 0 ? "It may have been taken all the same; sending it again with the same id is recognisable." : "Send it again later, or raise the publish timeout."),
            [publish.TaskId],
            publish.Writes > 0);
    }

    private BrokerUnavailableException Unavailable(string reason, Exception? cause) =>
        new(ErrorCodes.BrokerUnavailable, $"RabbitMQ at {_settings.Address} cannot be used: {reason}", cause);
}
