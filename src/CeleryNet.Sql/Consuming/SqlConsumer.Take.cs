using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;

namespace CeleryNet.Sql.Consuming;

/// <content>Takes messages while there is room.</content>
internal sealed partial class SqlConsumer
{
    private static readonly TimeSpan CollectTime = TimeSpan.FromMilliseconds(10); // what room may wait for more room at most

    private bool _mayHaveMore = true; // something was heard, or the last look found as much as it asked for
    private bool _isDueUnknown = true; // the next due moment has to be asked for
    private bool _mayHoldUnknown; // an answer was lost, and what it told of is held without being known
    private bool _isCollecting; // the pump's own, as are the next ones
    private long? _dueAt; // timestamp
    private int _firstQueue;

    private async Task PumpAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var backoff = new Backoff(Random.Shared);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (_session is not { IsCurrent: true } session) session = await OpenAgainAsync(stopping).ConfigureAwait(false);
                if (_mayHoldUnknown)
                {
                    await ReturnUnknownAsync(session, stopping).ConfigureAwait(false);
                    _mayHoldUnknown = false;
                }

                await PromoteDueAsync(stopping).ConfigureAwait(false);
                _isCollecting = false;
                if (!await TryTakeAsync(session, stopping).ConfigureAwait(false)) await _wake.WaitAsync(_isCollecting ? Shorter(Wait(), CollectTime) : Wait(), _database.Time, stopping).ConfigureAwait(false);
                backoff.Reset();
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                // Whatever it is, the consumer goes on; and what was taken by a claim whose answer was lost is returned first.
                _mayHoldUnknown = true;
                Volatile.Write(ref _mayHaveMore, true);
                Volatile.Write(ref _isDueUnknown, true);
                var delay = backoff.Next();
                Log.TakeFailed(_logger, _database.Product, _database.Address, delay.TotalSeconds, error.Message);
                await Task.Delay(delay, _database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <returns>True when it is worth to try again at once.</returns>
    private async Task<bool> TryTakeAsync(ConsumerSession session, CancellationToken stopping)
    {
        await _taking.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            if (!Volatile.Read(ref _mayHaveMore)) return false;
            var (wanted, limit) = Room();
            if (limit == 0) return false;
            Volatile.Write(ref _mayHaveMore, false); // before the look: what is heard from now on is looked for again
            var taken = await _database.WriteAsync(one => ClaimedRow.TakeAsync(one, session.Id, wanted, limit), _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
            // A queue that gave all it was asked for may have more, and so may one that was not asked for want of room.
            if (taken.Count == limit || wanted.Count < Volatile.Read(ref _queues).Length || wanted.Any(one => taken.Count(row => row.Queue == one.Queue) == one.Most)) Volatile.Write(ref _mayHaveMore, true);
            Deliver(session, taken);
            return taken.Count > 0;
        }
        finally
        {
            _taking.Release();
        }
    }

    // Asking for one message after the other costs a transaction each, so some room is collected unless the reader has nothing left.
    private (List<(string Queue, int Most)> Wanted, int Limit) Room()
    {
        lock (_lock)
        {
            var wanted = new List<(string, int)>(_queues.Length);
            var limit = _settings.HasPrefetchPerQueue ? int.MaxValue : Math.Min(_prefetch - _held.Count, _database.Options.MaxBatch);
            if (limit <= 0) return (wanted, 0);
            if (limit < _prefetch / 4 && limit < _database.Options.MaxBatch && _channel.Reader.Count > 0)
            {
                _isCollecting = true; // nobody tells when the reader has read the rest
                return (wanted, 0);
            }

            var room = 0;
            for (var i = 0; i < _queues.Length; i++)
            {
                var queue = _queues[(_firstQueue + i) % _queues.Length];
                var most = _settings.HasPrefetchPerQueue ? Math.Min(_prefetch - _heldOf.GetValueOrDefault(queue), _database.Options.MaxBatch) : limit;
                if (most <= 0) continue;
                wanted.Add((queue, most));
                room = (int)Math.Min(limit, (long)room + most);
            }

            if (_queues.Length > 0) _firstQueue = (_firstQueue + 1) % _queues.Length; // each has the first turn once
            return (wanted, room);
        }
    }

    private void Deliver(ConsumerSession session, List<ClaimedRow> taken)
    {
        if (taken.Count == 0) return;
        List<long>? expired = null;
        lock (_lock)
        {
            _lastDelivery = _database.Time.GetUtcNow();
            foreach (var row in taken)
            {
                if (row.IsExpired)
                {
                    (expired ??= []).Add(row.Id);
                    continue;
                }

                var envelope = Envelope.Read(row.Content, _wire);
                var delivery = new SqlDelivery(row.Id, session)
                {
                    Message = envelope.Message,
                    Queue = row.Queue,
                    Exchange = envelope.Exchange,
                    RoutingKey = envelope.RoutingKey,
                    Generation = session.Generation,
                    IsRedelivered = row.Deliveries > 1,
                };
                Hold(delivery);
                _channel.Writer.TryWrite(delivery); // unbounded: always taken; readers continue on other threads
            }
        }

        foreach (var id in expired ?? []) _settling.Add(session.Id, id, Settlement.Reject, "");
        if (expired is not null) Look();
    }

    // Everything from before belongs to others now, or soon.
    private async Task<ConsumerSession> OpenAgainAsync(CancellationToken stopping)
    {
        var lost = _session!; // there is one since the start
        int count;
        lock (_lock)
        {
            count = _held.Count;
            ForgetAll();
        }

        Log.LeaseLost(_logger, lost.Id, count);
        await lost.CloseAsync(_database, _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
        var session = await ConsumerSession.OpenAsync(_database, _settings.NodeName, lost.Generation + 1, _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
        _session = session;
        Volatile.Write(ref _mayHaveMore, true);
        Log.ConsumerOpened(_logger, session.Id, string.Join(", ", _queues), _database.Options.LeaseDuration.TotalSeconds, session.Generation);
        return session;
    }

    private async Task PromoteDueAsync(CancellationToken stopping)
    {
        while (Volatile.Read(ref _isDueUnknown) || Wait() <= TimeSpan.Zero)
        {
            Volatile.Write(ref _isDueUnknown, false); // before the look, as above
            var queues = Volatile.Read(ref _queues);
            var wait = await _database.ReadAsync(session => NextDueAsync(session, queues), _database.Options.CommandTimeout, stopping).ConfigureAwait(false);
            // Rounded up: asking a moment too early would only mean to ask again.
            _dueAt = wait is { } milliseconds ? _database.Time.GetTimestamp() + (long)((Math.Max(0, milliseconds) + 1) / 1000.0 * _database.Time.TimestampFrequency) : null;
            if (wait is null or > 0) return;
            await _database.WriteAsync(
                async session =>
                {
                    var ready = await session.QueryAsync("promote", static row => row.GetString(0), ("queues", queues)).ConfigureAwait(false);
                    ConsumerSession.SignalReady(session, ready.Distinct());
                    return ready.Count;
                },
                _database.Options.CommandTimeout,
                stopping).ConfigureAwait(false);
            Volatile.Write(ref _isDueUnknown, true);
            Look();
        }
    }

    private static async ValueTask<long?> NextDueAsync(SqlSession session, string[] queues) =>
        await session.ScalarAsync<object>("next-due", ("queues", queues)).ConfigureAwait(false) is { } wait ? Convert.ToInt64(wait, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static TimeSpan Shorter(TimeSpan? one, TimeSpan other) => one < other ? one.Value : other;

    // Until the next message is due; null when none is known.
    private TimeSpan? Wait()
    {
        if (_dueAt is not { } due) return null;
        var left = due - _database.Time.GetTimestamp();
        return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min((double)left / _database.Time.TimestampFrequency, 3600));
    }
}
