using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// Wakes an idle consumer at the push to one list. <c>BLMOVE q q RIGHT RIGHT</c> waits for an element and puts it back where it was: a blocking peek, after which the atomic
/// take follows, at once on the same connection or later by the consumer, so a worker that dies in between has taken nothing. It has a connection of its own, since it blocks it.
/// </summary>
internal sealed class QueueWatcher : IAsyncDisposable
{
    // Short, so that a watcher that was left behind, and a server that is not the current one any more, are not waited for long.
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _armed = new();
    private readonly RedisLink _link;
    private readonly RedisKey _list;
    private readonly byte[] _command;
    private readonly Func<bool> _isIdle;
    private readonly Action _wake;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private PeekSocket? _socket;
    private RedisSession? _served;
    private volatile bool _works;

    /// <param name="link">Names the server; its connection is not used, since the peek blocks.</param>
    /// <param name="list">The list to watch.</param>
    /// <param name="isIdle">False ends the watch.</param>
    /// <param name="wake">Called when an element is there.</param>
    /// <param name="time">For the pauses after failures.</param>
    /// <param name="random">For their jitter.</param>
    internal QueueWatcher(RedisLink link, string list, Func<bool> isIdle, Action wake, TimeProvider time, Random random)
    {
        _link = link;
        _list = list;
        _command = PeekSocket.Command(list, Block);
        _isIdle = isIdle;
        _wake = wake;
        _time = time;
        _random = random;
        _logger = link.Connector.Logger;
    }

    /// <summary>False while somebody else has to look at the list: the server knows no BLMOVE, or the connection is away.</summary>
    internal bool Works => _works;

    internal RedisKey List => _list;

    /// <summary>The take that is sent with the peek; <c>null</c> where the consumer is to be woken and takes itself.</summary>
    internal Func<RedisSession, FollowingTake?> Follow { get; init; } = static _ => null;

    /// <summary>Starts to watch until the consumer is woken.</summary>
    internal void Arm() => _armed.Set();

    internal async Task RunAsync(CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        var isTold = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _armed.WaitAsync(stopping).ConfigureAwait(false);
                while (_isIdle())
                {
                    var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                    if (!session.Features.HasBlockingPeek)
                    {
                        if (!isTold) Log.PollingInstead(_logger, session.Endpoint.ToString(), _link.Options.PriorityPollInterval.TotalMilliseconds);
                        isTold = true;
                        break;
                    }

                    var isWanted = await PeekAsync(session, stopping).ConfigureAwait(false);
                    backoff.Reset();
                    if (!isWanted) continue;
                    _wake();
                    break;
                }
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                await CloseAsync().ConfigureAwait(false);
                _armed.Set(); // the consumer still waits
                Log.RoundFailed(_logger, nameof(QueueWatcher), RedisFailure.Describe(error));
                await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // True when the consumer has to look.
    private async Task<bool> PeekAsync(RedisSession session, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Block + _link.CommandTimeout);
        try
        {
            if (_served != session) await CloseAsync().ConfigureAwait(false);
            _socket ??= await PeekSocket.ConnectAsync(session.Endpoint, limit.Token).ConfigureAwait(false);
            _served = session;
            _works = true;
            if (Follow(session) is { } take) return await PeekAndTakeAsync(_socket, take, limit.Token).ConfigureAwait(false);
            await _socket.SendAsync(_command, limit.Token).ConfigureAwait(false);
            return await _socket.ReadPeekAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException("no answer in time");
        }
    }

    private async Task<bool> PeekAndTakeAsync(PeekSocket socket, FollowingTake take, CancellationToken cancellationToken)
    {
        RedisValue[]? answer;
        try
        {
            await socket.SendAsync((byte[])[.. _command, .. take.Command], cancellationToken).ConfigureAwait(false);
            await socket.ReadPeekAsync(cancellationToken).ConfigureAwait(false);
            answer = await socket.ReadListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // Closed first: the server drops what it has not yet done of a connection that is gone.
            await CloseAsync().ConfigureAwait(false);
            take.Lose();
            throw;
        }

        return take.End(answer);
    }

    private async ValueTask CloseAsync()
    {
        _works = false;
        var socket = _socket;
        _socket = null;
        if (socket is not null) await socket.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();
}
