using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql.Consuming;

/// <content>Ends deliveries, parks and rewrites them.</content>
internal sealed partial class SqlConsumer : IParkingConsumer, IRewritingConsumer
{
    /// <inheritdoc/>
    public ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken)
    {
        var own = Own(delivery);
        lock (_lock)
        {
            if (!Release(own) || !own.Session.IsCurrent)
            {
                _staleSettlements++;
                // The message goes, or went, to somebody else. If it has not gone yet, an acknowledgement still spares the second run; the session's id keeps it from hitting another's.
                if (_isDisposed == 0 && settlement != Settlement.Requeue) _settling.Add(own.Session.Id, own.Id, settlement, own.Queue);
                return default;
            }

            _settling.Add(own.Session.Id, own.Id, settlement, own.Queue); // under the lock: at every moment a message is held here or about to be settled
        }

        _wake.Set(); // there is room; asked or not, since what is asked at this moment may be another queue
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ParkAsync(Delivery delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var own = Own(delivery);
        if (!IsCurrent(own)) return false;
        try
        {
            var parked = new Parked(own, due.ToUnixTimeMilliseconds());
            var isParked = _database.WantsCombining
                ? await _parking.WriteAsync(parked, cancellationToken).ConfigureAwait(false)
                : (await ParkAsync([parked], cancellationToken).ConfigureAwait(false))[0];
            if (!isParked) return false;
        }
        catch (DatabaseException error)
        {
            Log.NotParked(_logger, _database.Product, _database.Address, error.Message);
            return false;
        }

        lock (_lock) Release(own);
        _wake.Set();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken)
    {
        var own = Own(delivery);
        ArgumentNullException.ThrowIfNull(message);
        if (!IsCurrent(own)) return false;
        var content = MessageRow.Encode(message, own.Exchange, own.RoutingKey);
        try
        {
            return await _database.WriteAsync(
                async session => await session.ExecuteAsync("rewrite", ("consumer", own.Session.Id), ("id", own.Id), ("content", content)).ConfigureAwait(false) > 0,
                _database.Options.CommandTimeout,
                cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException error)
        {
            Log.NotRewritten(_logger, _database.Product, _database.Address, error.Message);
            return false;
        }
    }

    private Task<IReadOnlyList<bool>> ParkAsync(IReadOnlyList<Parked> deliveries, CancellationToken cancellationToken) => _database.WriteAsync(
        async session =>
        {
            var changed = await session.ExecuteManyAsync("park", [.. deliveries.Select(static one => one.Arguments())]).ConfigureAwait(false);
            var isParked = Array.ConvertAll(changed, static rows => rows > 0);
            foreach (var queue in deliveries.Where((_, place) => isParked[place]).Select(static one => one.Delivery.Queue).Distinct()) session.Signal(Topic.DelayedIn(queue));
            return (IReadOnlyList<bool>)isParked;
        },
        _database.Options.CommandTimeout,
        cancellationToken);

    private static SqlDelivery Own(Delivery delivery) => delivery as SqlDelivery ?? throw new ArgumentException("The delivery is not one of this broker.", nameof(delivery));

    /// <summary>Takes from the channel what nobody has read, and lets go of it.</summary>
    private void DropUnread(Func<SqlDelivery, bool> isMeant)
    {
        for (var waiting = _channel.Reader.Count; waiting > 0 && _channel.Reader.TryRead(out var delivery); waiting--)
        {
            var own = (SqlDelivery)delivery; // it holds nothing else
            if (!isMeant(own)) _channel.Writer.TryWrite(own);
            else lock (_lock) Release(own);
        }
    }

    // Whoever has been told to stop is not told that the database is away: the lease ends, and the messages go to others.
    private async Task ReturnUnknownAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_session is not { IsCurrent: true } session) return;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit);
        try
        {
            await ReturnUnknownAsync(session, limited.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DatabaseException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Log.RoundFailed(_logger, nameof(ReturnUnknownAsync), error.Message);
        }
    }

    /// <summary>Returns what the session holds beyond what was read: neither is known to anybody.</summary>
    private async Task ReturnUnknownAsync(ConsumerSession session, CancellationToken cancellationToken)
    {
        long[] known;
        lock (_lock) known = [.. _held.Where(held => held.Value.Session == session).Select(static held => held.Key)];
        // What was about to be settled is not unknown. It is written after the look: what is settled meanwhile is among the known.
        await _settling.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _database.WriteAsync(
            async one =>
            {
                var queues = await one.QueryAsync("return-others", static row => row.GetString(0), ("consumer", session.Id), ("known", known)).ConfigureAwait(false);
                ConsumerSession.SignalReady(one, queues.Distinct());
                return queues.Count;
            },
            _database.Options.CommandTimeout,
            cancellationToken).ConfigureAwait(false);
    }

    private readonly record struct Parked(SqlDelivery Delivery, long Due)
    {
        internal (string Name, object? Value)[] Arguments() => [("consumer", Delivery.Session.Id), ("id", Delivery.Id), ("due", Due)];
    }
}
