using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Consuming;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql.Browsing;

/// <summary>Somebody who works off a queue from outside: a session as a consumer has, so that a crash gives back what was in hand.</summary>
internal sealed class QueueVisit : IAsyncDisposable
{
    private readonly SqlDatabase _database;
    private readonly MessageWriter _writer;
    private readonly WireOptions _wire;
    private readonly string _queue;
    private readonly TimeSpan _limit;
    private readonly ConsumerSession _session;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _renewing;

    private QueueVisit(SqlDatabase database, MessageWriter writer, WireOptions wire, string queue, TimeSpan limit, ConsumerSession session)
    {
        (_database, _writer, _wire, _queue, _limit, _session) = (database, writer, wire, queue, limit, session);
        _renewing = RenewAsync(_stopping.Token);
    }

    internal static async Task<QueueVisit> OpenAsync(SqlDatabase database, MessageWriter writer, WireOptions wire, string queue, TimeSpan limit, CancellationToken cancellationToken) =>
        new(database, writer, wire, queue, limit, await ConsumerSession.OpenAsync(database, "visit", 1, limit, cancellationToken).ConfigureAwait(false));

    /// <summary>Takes one message after the other. What is requeued stays held until the end, so that it is not seen twice.</summary>
    internal async Task<int> TakeAsync(int count, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        var acknowledged = 0;
        for (var seen = 0; seen < count; seen++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var taken = await _database.WriteAsync(session => ClaimedRow.TakeAsync(session, _session.Id, [(_queue, 1)], 1), _limit, cancellationToken).ConfigureAwait(false);
            if (taken.Count == 0) break;
            var settlement = taken[0].IsExpired ? Settlement.Reject : await handler(Delivery(taken[0]), cancellationToken).ConfigureAwait(false);
            if (settlement == Settlement.Requeue) continue;
            await EndAsync(taken[0].Id, settlement).ConfigureAwait(false);
            if (settlement == Settlement.Acknowledge) acknowledged++;
        }

        return acknowledged;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stopping.Dispose();
        await _database.WriteAsync(
            async session =>
            {
                // Nobody has run it, so it does not count as delivered.
                var queues = await session.QueryAsync("return-others", static row => row.GetString(0), ("consumer", _session.Id), ("known", Array.Empty<long>())).ConfigureAwait(false);
                ConsumerSession.SignalReady(session, queues.Distinct());
                return await session.ExecuteAsync("close-consumer", ("consumer", _session.Id)).ConfigureAwait(false);
            },
            _limit,
            CancellationToken.None).ConfigureAwait(false);
    }

    // The handler has done its part, so this is not cancelled.
    private Task<int> EndAsync(long id, Settlement settlement) => _database.WriteAsync(
        async session =>
        {
            if (settlement == Settlement.Acknowledge) return await session.ExecuteAsync("acknowledge", ("ids", new[] { id }), ("consumer", _session.Id)).ConfigureAwait(false);
            var held = await session.QueryAsync("held", static row => row.GetInt64(0), ("ids", new[] { id }), ("consumer", _session.Id)).ConfigureAwait(false);
            await _writer.BuryAsync(session, [.. held]).ConfigureAwait(false);
            return held.Count;
        },
        _limit,
        CancellationToken.None);

    private Delivery Delivery(in ClaimedRow row)
    {
        var envelope = Envelope.Read(row.Content, _wire);
        return new Delivery { Message = envelope.Message, Queue = _queue, Exchange = envelope.Exchange, RoutingKey = envelope.RoutingKey, IsRedelivered = row.Deliveries > 1 };
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_database.Options.LeaseDuration / 3, _database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            try
            {
                await _session.RenewAsync(_database, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (error is DatabaseException or OperationCanceledException)
            {
                // The next command of the visit meets the same trouble, and tells its caller.
            }
        }
    }
}
