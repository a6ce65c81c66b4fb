using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Publishing;

/// <summary>Writes messages into queues, within the caller's transaction.</summary>
internal sealed class MessageWriter(QueueTable queues, WireOptions wire)
{
    /// <summary>Writes messages in order.</summary>
    /// <returns>Positions of those for which there is no queue.</returns>
    internal async ValueTask<IReadOnlyList<int>> WriteAsync(SqlSession session, IReadOnlyList<MessageRow> rows)
    {
        if (rows.Count == 1 && await queues.FindAsync(session, rows[0].Exchange, rows[0].RoutingKey).ConfigureAwait(false) is [var only]) return await WriteAsync(session, rows[0], only).ConfigureAwait(false);
        List<int>? lost = null;
        var targets = new List<(int Row, string Queue)>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var found = await queues.FindAsync(session, rows[i].Exchange, rows[i].RoutingKey).ConfigureAwait(false);
            if (found.Count == 0) (lost ??= []).Add(i);
            foreach (var queue in found) targets.Add((i, queue));
        }

        if (targets.Count == 0) return lost ?? [];
        var missing = await InsertAsync(session, rows, targets).ConfigureAwait(false);
        foreach (var (row, queue) in targets)
        {
            if (!missing.Contains(queue))
            {
                session.Signal(Topic.Of(rows[row], queue));
                continue;
            }

            queues.Forget(queue);
            (lost ??= []).Add(row);
        }

        foreach (var queue in targets.Select(static target => target.Queue).Distinct()) await TrimAsync(session, queue).ConfigureAwait(false);
        return lost ?? [];
    }

    // Most calls send one message to one queue, which needs no lists.
    private async ValueTask<IReadOnlyList<int>> WriteAsync(SqlSession session, MessageRow row, string queue)
    {
        if (await session.ExecuteAsync("insert", row.Arguments(queue)).ConfigureAwait(false) == 0)
        {
            queues.Forget(queue);
            return [0];
        }

        session.Signal(Topic.Of(row, queue));
        await TrimAsync(session, queue).ConfigureAwait(false);
        return [];
    }

    /// <returns>Names of queues that are not there.</returns>
    private static async ValueTask<HashSet<string>> InsertAsync(SqlSession session, IReadOnlyList<MessageRow> rows, List<(int Row, string Queue)> targets)
    {
        var missing = new HashSet<string>();
        if (!session.HasArrays)
        {
            foreach (var (row, queue) in targets)
            {
                if (await session.ExecuteAsync("insert", rows[row].Arguments(queue)).ConfigureAwait(false) == 0) missing.Add(queue);
            }

            return missing;
        }

        var written = await session.ExecuteAsync("insert-many", MessageRow.Arguments(rows, targets)).ConfigureAwait(false);
        if (written == targets.Count) return missing;
        missing.UnionWith(targets.Select(static target => target.Queue));
        missing.ExceptWith(await session.QueryAsync("queues-of", static row => row.GetString(0), ("names", missing.ToArray())).ConfigureAwait(false));
        return missing;
    }

    /// <summary>Removes messages, and sends them where their queues say that the rejected go.</summary>
    internal async ValueTask BuryAsync(SqlSession session, long[] ids)
    {
        if (ids.Length == 0) return;
        var dead = await session.QueryAsync("dead", static row => (Content: (byte[])row[0], Exchange: row.GetString(1), Key: row.IsDBNull(2) ? null : row.GetString(2)), ("ids", ids)).ConfigureAwait(false);
        await session.ExecuteAsync("remove", ("ids", ids)).ConfigureAwait(false);
        if (dead.Count == 0) return;
        var rows = new List<MessageRow>();
        foreach (var (content, exchange, key) in dead)
        {
            var envelope = Envelope.Read(content, wire);
            envelope.Message.Expiration = null; // or it would expire there once more, as in RabbitMQ
            rows.Add(MessageRow.Of(envelope.Message, exchange, key ?? envelope.RoutingKey));
        }

        await WriteAsync(session, rows).ConfigureAwait(false); // where no queue is, they go, as in RabbitMQ
    }

    private async ValueTask TrimAsync(SqlSession session, string queue)
    {
        if (await queues.MaxLengthAsync(session, queue).ConfigureAwait(false) is not { } most || most == int.MaxValue) return;
        var ids = await session.QueryAsync("overflow", static row => row.GetInt64(0), ("queue", queue), ("max_length", (long)most)).ConfigureAwait(false);
        await BuryAsync(session, [.. ids]).ConfigureAwait(false);
    }
}
