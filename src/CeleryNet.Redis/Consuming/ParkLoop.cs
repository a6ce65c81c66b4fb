using System.Globalization;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

/// <summary>
/// Parks deliveries in batches: the first at once, those that come while it travels together with the next. Each caller is told its own outcome. Parking the same delivery again
/// is harmless, so after a lost answer it asks again until it knows, or until the lease has ended and the delivery is somebody else's anyway.
/// </summary>
internal sealed class ParkLoop
{
    // One command of so many messages is answered within a millisecond or two.
    private const int MostPerCall = 200;

    private readonly Channel<ParkRequest> _requests = Channel.CreateUnbounded<ParkRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RedisLink _link;
    private readonly RedisKeys _keys;
    private readonly Func<RedisDelivery, bool> _isHeld;
    private readonly Action<RedisDelivery> _parked;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;

    internal ParkLoop(
        RedisLink link, RedisKeys keys, Func<RedisDelivery, bool> isHeld, Action<RedisDelivery> parked, TimeProvider time, Random random, ILogger logger)
    {
        _link = link;
        _keys = keys;
        _isHeld = isHeld;
        _parked = parked;
        _time = time;
        _random = random;
        _logger = logger;
    }

    /// <summary>Hands a delivery over; the answer is false when it stays with its holder.</summary>
    internal Task<bool> AddAsync(RedisDelivery delivery, DateTimeOffset due)
    {
        var request = new ParkRequest(delivery, due);
        if (!_requests.Writer.TryWrite(request)) request.End(false);
        return request.Done;
    }

    /// <summary>Nothing more comes; <see cref="RunAsync"/> ends when all is answered.</summary>
    internal void Complete() => _requests.Writer.TryComplete();

    internal async Task RunAsync(CancellationToken stopping)
    {
        var batch = new List<ParkRequest>(MostPerCall);
        try
        {
            while (await _requests.Reader.WaitToReadAsync(stopping).ConfigureAwait(false))
            {
                while (batch.Count < MostPerCall && _requests.Reader.TryRead(out var request)) batch.Add(request);
                await ParkAsync(batch, stopping).ConfigureAwait(false);
                batch.Clear();
            }
        }
        finally
        {
            Complete();
            End(batch, isParked: false);
            while (_requests.Reader.TryRead(out var request)) request.End(false);
        }
    }

    private async Task ParkAsync(List<ParkRequest> batch, CancellationToken stopping)
    {
        var backoff = new Backoff(_random);
        var mayBeParked = false;
        while (true)
        {
            batch.RemoveAll(request =>
            {
                if (_isHeld(request.Delivery)) return false;
                request.End(false);
                return true;
            });
            if (batch.Count == 0) return;
            try
            {
                var session = await _link.GetAsync(_link.CommandTimeout, stopping).ConfigureAwait(false);
                var answer = await session.EvaluateAsync(RedisScript.Park, [_keys.Unacked, _keys.UnackedIndex, _keys.Holders, _keys.Parked], Arguments(batch), stopping).ConfigureAwait(false);
                End(batch, !answer.IsNull);
                return;
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, "Park", RedisFailure.Describe(error));
                mayBeParked |= RedisFailure.IsConnection(error) && !RedisFailure.WasNotWritten(error);
                if (!mayBeParked)
                {
                    End(batch, isParked: false);
                    return;
                }

                if (!RedisFailure.IsConnection(error)) await Task.Delay(backoff.Next(), _time, stopping).ConfigureAwait(false);
            }
        }
    }

    private RedisValue[] Arguments(List<ParkRequest> batch)
    {
        var arguments = new RedisValue[1 + (3 * batch.Count)];
        arguments[0] = batch[0].Delivery.Holder.Id; // all are of the present holder
        for (var i = 0; i < batch.Count; i++)
        {
            arguments[1 + (3 * i)] = batch[i].Delivery.Tag;
            arguments[2 + (3 * i)] = ParkedTag(batch[i].Delivery);
            arguments[3 + (3 * i)] = Seconds(batch[i].Due);
        }

        return arguments;
    }

    // The same for the same delivery however often it is asked for, and never used for another. What due.lua needs to know is in it.
    private string ParkedTag(RedisDelivery delivery)
    {
        var length = System.Text.Encoding.UTF8.GetByteCount(UnackedEntry.Suffix(delivery.Queue));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{RedisKeys.ParkedTagPrefix}{delivery.Holder.Id}.{delivery.Number}:{_keys.Step(_keys.Flip(delivery.Message.Priority))}:{length}:{delivery.Queue}");
    }

    private static string Seconds(DateTimeOffset due) =>
        ((due.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (decimal)TimeSpan.TicksPerSecond).ToString("0.000000", CultureInfo.InvariantCulture);

    private void End(List<ParkRequest> batch, bool isParked)
    {
        foreach (var request in batch)
        {
            if (isParked) _parked(request.Delivery);
            request.End(isParked);
        }

        batch.Clear();
    }
}
