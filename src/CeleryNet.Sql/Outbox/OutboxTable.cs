using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql.Outbox;

/// <summary>The table of the outbox.</summary>
internal static class OutboxTable
{
    /// <summary>Writes messages; all are taken.</summary>
    internal static async ValueTask<IReadOnlyList<int>> WriteAsync(SqlSession session, IReadOnlyList<OutgoingMessage> messages)
    {
        await session.ExecuteManyAsync("outbox-write", [.. messages.Select(static sent => new (string, object?)[]
        {
            ("exchange", sent.Route.Exchange),
            ("routing_key", sent.Route.RoutingKey),
            ("queue", sent.Route.Queue is { } queue ? QueueJson.Write(queue) : null),
            ("content", MessageRow.Encode(sent.Message, sent.Route.Exchange, sent.Route.RoutingKey)),
        })]).ConfigureAwait(false);
        session.Signal(Topic.Outbox);
        return [];
    }

    /// <summary>The oldest messages.</summary>
    internal static async ValueTask<List<OutboxRow>> ReadAsync(SqlSession session, int limit, WireOptions wire) => await session.QueryAsync(
        "outbox-read",
        row => new OutboxRow(
            row.GetInt64(0), new OutgoingMessage(Envelope.Read((byte[])row[4], wire).Message, new Route(row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : QueueJson.Read(row.GetString(3))))),
        ("limit", (long)limit)).ConfigureAwait(false);
}
