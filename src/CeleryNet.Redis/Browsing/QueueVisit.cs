using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Consuming;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CeleryNet.Redis.Browsing;

/// <summary>
/// Takes the messages of one queue one by one, as a holder with a lease: should the process die, they return. What is not settled is held until the end, so that it is not seen
/// again, and then goes back to its place, unmarked, since nobody has run it.
/// </summary>
internal sealed class QueueVisit : IAsyncDisposable
{
    private readonly List<string> _kept = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly RedisLink _link;
    private readonly RedisOptions _options;
    private readonly RedisKeys _keys;
    private readonly UnackedStore _store;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TakePlan _plan;
    private readonly Lease _lease;
    private readonly Holder _holder;
    private Task _renewing = Task.CompletedTask;
    private bool _isInDoubt;

    internal QueueVisit(RedisLink link, RedisKeys keys, UnackedStore store, string queue, WireOptions wire, TimeProvider time, ILogger logger)
    {
        _link = link;
        _options = link.Options;
        _keys = keys;
        _store = store;
        _wire = wire;
        _time = time;
        _logger = logger;
        _plan = new TakePlan(keys, [queue]);
        _lease = new Lease(keys, _options.LeaseDuration, time);
        _holder = new Holder(1, countsByQueue: false, time);
    }

    /// <summary>Registers the holder.</summary>
    internal async Task OpenAsync(CancellationToken cancellationToken)
    {
        var session = await _link.GetAsync(_link.CommandTimeout, cancellationToken).ConfigureAwait(false);
        await _lease.OpenAsync(session, _holder, isNew: true, cancellationToken).ConfigureAwait(false);
        _renewing = Task.Run(() => RenewAsync(_ending.Token), CancellationToken.None);
    }

    /// <summary>Takes the next message; <c>null</c> when there is none.</summary>
    internal async Task<RedisDelivery?> TakeAsync(CancellationToken cancellationToken)
    {
        var session = await _link.GetAsync(_link.CommandTimeout, cancellationToken).ConfigureAwait(false);
        var number = _holder.Reserve(1);
        var (keys, arguments, queues) = _plan.Next(_holder, number, 1);
        lock (_kept) _kept.Add(_holder.Tag(number)); // before it is asked for: the answer may be lost
        _isInDoubt = true;
        var answer = await session.EvaluateAsync(RedisScript.Take, keys, arguments, cancellationToken).ConfigureAwait(false);
        _isInDoubt = false;
        if (answer.IsNull) throw new IOException("the lease of the visit was lost, and what it held went back to the queue");
        var values = (RedisValue[]?)answer ?? [];
        if (values.Length == 0)
        {
            Forget(_holder.Tag(number));
            return null;
        }

        return RedisDelivery.Taken((byte[]?)values[2] ?? [], queues[(int)values[0]], _holder, number, _keys, _wire);
    }

    /// <summary>Removes the message for good.</summary>
    internal async Task RemoveAsync(RedisDelivery delivery, CancellationToken cancellationToken)
    {
        var session = await _link.GetAsync(_link.CommandTimeout, cancellationToken).ConfigureAwait(false);
        var removed = await session.EvaluateAsync(RedisScript.Acknowledge, [_keys.Unacked, _keys.UnackedIndex], [delivery.Tag], cancellationToken).ConfigureAwait(false);
        Forget(delivery.Tag);
        if ((int)removed == 0) throw new IOException("the lease of the visit was lost, and the message went back to the queue");
    }

    private void Forget(string tag)
    {
        lock (_kept) _kept.RemoveAt(_kept.LastIndexOf(tag)); // mostly the last one
    }

    private List<string> Kept()
    {
        lock (_kept) return [.. _kept];
    }

    // A handler may take its time: the lease lasts as long, and no peer's visibility timeout ends.
    private async Task RenewAsync(CancellationToken ending)
    {
        var interval = _options.LeaseDuration / 3;
        if (_options.VisibilityTimeout / 4 < interval) interval = _options.VisibilityTimeout / 4;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(interval, _time, ending).ConfigureAwait(false);
                var session = await _link.GetAsync(_options.LeaseDuration, ending).ConfigureAwait(false);
                if (!await _lease.RenewAsync(session, _holder, ending).ConfigureAwait(false)) return; // the next call meets it
                foreach (var batch in Kept().Chunk(500)) await _store.RefreshAsync(session, batch, ending).ConfigureAwait(false);
            }
            catch (Exception error) when (!ending.IsCancellationRequested)
            {
                Log.RoundFailed(_logger, nameof(QueueVisit), RedisFailure.Describe(error));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Puts what was not removed back into its place. What cannot be put back now returns when the lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        var kept = Kept();
        try
        {
            if (_holder.IsOpen)
            {
                var session = await _link.GetAsync(_link.CommandTimeout, CancellationToken.None).ConfigureAwait(false);
                await _store.ReturnAsync(session, kept, toHead: true, null, CancellationToken.None, isRedelivery: false).ConfigureAwait(false);
                await _lease.CloseAsync(session, _holder, isClean: !_isInDoubt, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Log.ReturnFailed(_logger, kept.Count, _holder.Id, RedisFailure.Describe(error));
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }
}
