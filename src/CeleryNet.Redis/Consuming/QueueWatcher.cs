using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// Wakes an idle consumer at the push to one list. <c>BLMOVE q q RIGHT RIGHT</c> waits for an element and puts it back where it was: a blocking peek, after which the atomic
/// take follows, so a worker that dies in between has taken nothing. It has a connection of its own, since it blocks it.
/// </summary>
internal sealed class QueueWatcher : IAsyncDisposable
{
    // Short, so that the client's own PINGs, which queue behind it, and a stop of the consumer do not wait long.
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _armed = new();
    private readonly RedisLink _link;
    private readonly RedisKey _list;
    private readonly Func<bool> _isIdle;
    private readonly Action _wake;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private volatile bool _works;

    internal QueueWatcher(RedisConnector connector, string list, Func<bool> isIdle, Action wake, TimeProvider time, Random random)
    {
        _link = new RedisLink(connector, "wake", commandTimeout: Block + connector.Options.CommandTimeout);
        _list = list;
        _isIdle = isIdle;
        _wake = wake;
        _time = time;
        _random = random;
        _logger = connector.Logger;
    }

    /// <summary>False while somebody else has to look at the list: the server knows no BLMOVE, or the connection is away.</summary>
    internal bool Works => _works;

    internal RedisKey List => _list;

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

                    _works = true;
                    var peek = session.Database.ExecuteAsync("BLMOVE", _list, _list, "RIGHT", "RIGHT", (int)Block.TotalSeconds);
                    var element = await session.AwaitAsync(peek, stopping).ConfigureAwait(false);
                    backoff.Reset();
                    if (element.IsNull) continue;
                    _wake();
                    break;
                }
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                _works = false;
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

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
