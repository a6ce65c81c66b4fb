using System.Globalization;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// Hands parked messages back to their queues when they are due, whoever parked them and whatever their queue. It sleeps until the next one is due, but looks a few times a second
/// for those that another worker has parked meanwhile: one small script, whose cost does not depend on how many are parked.
/// </summary>
internal sealed class DueLoop
{
    private const int Batch = 200;

    // Together with the look itself, what another process parked for the next moment is late by less than half a second; everything else is in time.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    // Where many are due one after the other, they are gathered for so long.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _soon = new();
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;

    internal DueLoop(RedisLink link, RedisKeys keys, TimeProvider time, Random random, ILogger logger)
    {
        _link = link;
        _keys = keys;
        _time = time;
        _random = random;
        _logger = logger;
    }

    /// <summary>Tells of a message that was just parked; the next look comes in time for it anyway, unless it is due very soon.</summary>
    internal void Notice(DateTimeOffset due)
    {
        if (due - _time.GetUtcNow() < Interval * 2) _soon.Set();
    }

    internal async Task RunAsync(CancellationToken stopping)
    {
        var wait = TimeSpan.Zero;
        Task? soon = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                soon ??= _soon.WaitAsync(stopping).AsTask();
                await Task.WhenAny(soon, Task.Delay(wait, _time, stopping)).ConfigureAwait(false);
                stopping.ThrowIfCancellationRequested();
                if (soon.IsCompleted)
                {
                    soon = null;
                    await Task.Delay(Gather, _time, stopping).ConfigureAwait(false);
                }

                wait = await RunOnceAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(DueLoop), RedisFailure.Describe(error));
                wait = AfterFailure;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Hands everything back that is due.</summary>
    /// <returns>How long the next look may wait.</returns>
    internal async Task<TimeSpan> RunOnceAsync(CancellationToken stopping)
    {
        var session = await _link.GetAsync(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
        RedisKey[] keys = [_keys.Unacked, _keys.UnackedIndex, _keys.Parked];
        RedisValue ceiling = "";
        while (true)
        {
            RedisValue[] arguments = [ceiling, Batch, RedisKeys.ParkedTagPrefix, _keys.Prefix, _keys.Separator];
            var answer = (RedisValue[]?)await session.EvaluateAsync(RedisScript.Due, keys, arguments, stopping).ConfigureAwait(false) ?? [];
            var failure = (string?)answer[3];
            if (!string.IsNullOrEmpty(failure)) Log.HandBackFailed(_logger, CeleryNet.Diagnostics.Printable.Limit(failure));
            ceiling = answer[1];
            if ((int)answer[0] == Batch) continue;

            // Spread by a tenth, so that the workers of a fleet do not all look at the same moment.
            var usual = Interval * (0.9 + (_random.NextDouble() / 5));
            if (!double.TryParse((string?)answer[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)) return usual;
            var next = TimeSpan.FromSeconds(seconds);
            return next < Gather ? Gather : next < usual ? next : usual;
        }
    }
}
