using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Consuming;

/// <summary>
/// A row of the table of consumers: the lease of everything that is held under its id, and what fences: a message that was handed to another session no longer answers to this id. While the row
/// is there nobody else gets what it holds, but its holder trusts it only for the time since its last sign of life.
/// </summary>
internal sealed class ConsumerSession(long id, int generation, TimeSpan duration, long renewed, TimeProvider time)
{
    private long _renewed = renewed;
    private volatile bool _isLost;

    internal long Id => id;

    /// <summary>How many sessions the consumer had, this one included.</summary>
    internal int Generation => generation;

    /// <summary>True while nobody else can have got what it holds.</summary>
    internal bool IsCurrent => !_isLost && time.GetElapsedTime(Volatile.Read(ref _renewed)) < duration;

    /// <summary>Begins a session.</summary>
    internal static async Task<ConsumerSession> OpenAsync(SqlDatabase database, string node, int generation, TimeSpan limit, CancellationToken cancellationToken)
    {
        var duration = database.Options.LeaseDuration;
        var started = database.Time.GetTimestamp(); // before the question: the lease may not be trusted longer than it lasts
        var id = await database.WriteAsync(
            session => session.ScalarAsync<long>("open-consumer", ("node", node), ("lease", Milliseconds(duration))), limit, cancellationToken).ConfigureAwait(false);
        return new ConsumerSession(id, generation, duration, started, database.Time);
    }

    /// <summary>Gives a sign of life, and returns to their queues what the dead held.</summary>
    /// <returns>How many sessions were found dead, and how many messages they held.</returns>
    internal async Task<(int Sessions, int Messages)> RenewAsync(SqlDatabase database, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (isAlive, sessions, messages) = await database.WriteAsync(
            async session =>
            {
                var renewed = await session.ExecuteAsync("renew-consumer", ("consumer", id), ("lease", Milliseconds(duration))).ConfigureAwait(false);
                var dead = await session.QueryAsync("dead-consumers", static row => row.GetInt64(0)).ConfigureAwait(false);
                var returned = dead.Count == 0 ? 0 : await ReturnAsync(session, dead).ConfigureAwait(false);
                return (renewed > 0, dead.Count, returned);
            },
            duration / 3,
            cancellationToken).ConfigureAwait(false);
        if (isAlive) Volatile.Write(ref _renewed, started);
        else _isLost = true;
        return (sessions, messages);
    }

    /// <summary>Ends the session and returns what it still holds.</summary>
    internal Task<int> CloseAsync(SqlDatabase database, TimeSpan limit, CancellationToken cancellationToken)
    {
        _isLost = true;
        return database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync("close-consumer", ("consumer", id)).ConfigureAwait(false);
                return await ReturnAsync(session, [id]).ConfigureAwait(false);
            },
            limit,
            cancellationToken);
    }

    internal static void SignalReady(SqlSession session, IEnumerable<string> queues)
    {
        foreach (var queue in queues) session.Signal(Publishing.Topic.ReadyIn(queue));
    }

    private static async ValueTask<int> ReturnAsync(SqlSession session, IReadOnlyCollection<long> consumers)
    {
        var queues = await session.QueryAsync("return-of", static row => row.GetString(0), ("consumers", consumers.ToArray())).ConfigureAwait(false);
        SignalReady(session, queues.Distinct());
        return queues.Count;
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
