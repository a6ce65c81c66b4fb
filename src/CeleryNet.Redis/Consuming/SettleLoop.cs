using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// Sends settlements in batches: the first at once, those that come while it travels together with the next. What it sends is harmless when repeated, so after a lost
/// connection it sends again; nothing is dropped while the consumer lives.
/// </summary>
internal sealed class SettleLoop
{
    // One command with so many tags is still answered within a millisecond.
    private const int MostPerCall = 200;

    // From so many on a batch is worth its round trip and does not wait for more.
    private const int FullBatch = 50;

    private readonly Channel<RedisDelivery> _deliveries = Channel.CreateUnbounded<RedisDelivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string _name;
    private readonly RedisLink _link;
    private readonly TimeSpan _delay;
    private readonly Func<RedisSession, IReadOnlyList<RedisDelivery>, CancellationToken, Task> _send;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;

    internal SettleLoop(
        string name, RedisLink link, TimeSpan delay, Func<RedisSession, IReadOnlyList<RedisDelivery>, CancellationToken, Task> send, TimeProvider time, Random random, ILogger logger)
    {
        _name = name;
        _link = link;
        _delay = delay;
        _send = send;
        _time = time;
        _random = random;
        _logger = logger;
    }

    /// <summary>Hands a delivery over; false after <see cref="Complete"/>.</summary>
    internal bool Add(RedisDelivery delivery) => _deliveries.Writer.TryWrite(delivery);

    /// <summary>Nothing more comes; <see cref="RunAsync"/> ends when all is sent.</summary>
    internal void Complete() => _deliveries.Writer.TryComplete();

    internal async Task RunAsync(CancellationToken stopping)
    {
        var batch = new List<RedisDelivery>(MostPerCall);
        while (await _deliveries.Reader.WaitToReadAsync(stopping).ConfigureAwait(false))
        {
            while (batch.Count < MostPerCall && _deliveries.Reader.TryRead(out var delivery)) batch.Add(delivery);
            await SendAsync(batch, stopping).ConfigureAwait(false);
            var wasFull = batch.Count >= FullBatch;
            batch.Clear();
            if (!wasFull && _delay > TimeSpan.Zero && !_deliveries.Reader.Completion.IsCompleted) await Task.Delay(_delay, _time, stopping).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(List<RedisDelivery> batch, CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        while (true)
        {
            try
            {
                var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
                await _send(session, batch, stopping).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, _name, RedisFailure.Describe(error));
                if (!RedisFailure.IsConnection(error)) await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(false);
            }
        }
    }
}
