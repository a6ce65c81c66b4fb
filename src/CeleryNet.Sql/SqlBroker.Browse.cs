using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Browsing;

namespace CeleryNet.Sql;

/// <content>Looks into queues from outside.</content>
public sealed partial class SqlBroker : IQueueBrowser
{
    private const int MostPerPurge = 10_000; // rows removed by one transaction, which keeps the only writer of SQLite for some ten milliseconds

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        return await AskAsync($"queue '{queue}' was not counted", session => session.ScalarAsync<long>("count", ("queue", queue)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<QueueCounts> InspectAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var rows = await AskAsync(
            $"queue '{queue}' was not counted",
            session => session.QueryAsync("inspect", static row => new QueueCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), ("queue", queue)),
            cancellationToken).ConfigureAwait(false);
        return rows[0];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken) =>
        await AskAsync("its queues were not listed", static session => session.QueryAsync("queues", static row => row.GetString(0)), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = await AskAsync(
            $"queue '{queue}' was not looked at",
            session => session.QueryAsync("peek", static row => (Deliveries: row.GetInt32(1), Content: (byte[])row[2]), ("queue", queue), ("limit", (long)limit)),
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => Delivery(queue, row.Deliveries, row.Content))];
    }

    /// <inheritdoc/>
    public async ValueTask<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentNullException.ThrowIfNull(handler);
        ThrowIfDisposed();
        var ready = await CountAsync(queue, cancellationToken).ConfigureAwait(false); // what the handler adds is not for this call
        if (ready == 0) return 0;
        try
        {
            var visit = await QueueVisit.OpenAsync(_database, _writer, _wire, queue, _settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
            await using var closing = visit.ConfigureAwait(false);
            return await visit.TakeAsync((int)Math.Min(limit, ready), handler, cancellationToken).ConfigureAwait(false);
        }
        catch (Databases.DatabaseException error)
        {
            throw Unavailable($"queue '{queue}' was not worked off", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        var otherwise = $"queue '{queue}' was not purged";
        var last = await AskAsync(otherwise, session => session.ScalarAsync<object>("last-id", ("queue", queue)), cancellationToken).ConfigureAwait(false);
        if (last is not long until) return 0;
        for (var removed = 0L; ;)
        {
            var some = await ChangeAsync(otherwise, session => session.ExecuteAsync("purge", ("queue", queue), ("last", until), ("limit", (long)MostPerPurge)), cancellationToken).ConfigureAwait(false);
            removed += some;
            if (some < MostPerPurge) return removed;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        return await ChangeAsync(
            $"queue '{queue}' was not purged",
            async session =>
            {
                var ready = await session.ScalarAsync<long>("count", ("queue", queue)).ConfigureAwait(false);
                if (ready > most || ready == 0) return ready;
                return await session.ExecuteAsync("purge", ("queue", queue), ("last", long.MaxValue), ("limit", most)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private Delivery Delivery(string queue, int deliveries, byte[] content)
    {
        var envelope = Envelope.Read(content, _wire);
        return new Delivery { Message = envelope.Message, Queue = queue, Exchange = envelope.Exchange, RoutingKey = envelope.RoutingKey, IsRedelivered = deliveries > 0 };
    }
}
