using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Sql.Publishing;

/// <summary>A message as it is written into a queue's table.</summary>
/// <param name="TaskId">Id of the task, for errors.</param>
/// <param name="Exchange">Exchange it is published to; empty is the default one.</param>
/// <param name="RoutingKey">Routing key.</param>
/// <param name="Priority">Higher is sooner.</param>
/// <param name="Due">When it may be delivered, in milliseconds since 1970; <c>null</c> at once.</param>
/// <param name="LifetimeMilliseconds">After what time it expires; <c>null</c> for never.</param>
/// <param name="Content">The envelope.</param>
internal sealed record MessageRow(string TaskId, string Exchange, string RoutingKey, byte Priority, long? Due, long? LifetimeMilliseconds, byte[] Content)
{
    internal static MessageRow Of(TaskMessage message, in Route route) => Of(message, route.Exchange, route.RoutingKey);

    internal static MessageRow Of(TaskMessage message, string exchange, string routingKey) => new(
        message.Id ?? "",
        exchange,
        routingKey,
        message.Priority,
        DueOf(message),
        message.Expiration is { } lifetime ? Math.Max(0, (long)lifetime.TotalMilliseconds) : null,
        Encode(message, exchange, routingKey));

    /// <summary>A message as it came, for a queue. What cannot be read goes to the worker as it is, which says so and keeps it.</summary>
    internal static MessageRow OfEnvelope(byte[] envelope, string queue, WireOptions wire)
    {
        var message = Envelope.Read([.. envelope], wire).Message; // reading changes the bytes
        return new(message.Id ?? "", "", queue, message.Priority, DueOf(message), message.Expiration is { } lifetime ? Math.Max(0, (long)lifetime.TotalMilliseconds) : null, envelope);
    }

    internal static byte[] Encode(TaskMessage message, string exchange, string routingKey) => Envelope.ToArray(message, exchange, routingKey, Messages.TaskId.NewGuid());

    // A task that expires before its time has come is to be told of then, not later.
    private static long? DueOf(TaskMessage message)
    {
        if (message.Eta is not { } eta) return null;
        return (message.Expires is { } expires && expires < eta ? expires : eta).ToUnixTimeMilliseconds();
    }

    /// <summary>The arguments of <c>insert.sql</c>.</summary>
    internal (string, object?)[] Arguments(string queue) =>
        [("queue", queue), ("priority", (short)Priority), ("due", Due), ("ttl", LifetimeMilliseconds), ("content", Content)];

    /// <summary>The arguments of <c>insert-many.sql</c>.</summary>
    internal static (string, object?)[] Arguments(IReadOnlyList<MessageRow> rows, IReadOnlyList<(int Row, string Queue)> targets)
    {
        var count = targets.Count;
        var (queues, priorities, dues, ttls, contents) = (new string[count], new short[count], new long?[count], new long?[count], new byte[count][]);
        for (var i = 0; i < count; i++)
        {
            var row = rows[targets[i].Row];
            (queues[i], priorities[i], dues[i], ttls[i], contents[i]) = (targets[i].Queue, (short)row.Priority, row.Due, row.LifetimeMilliseconds, row.Content);
        }

        return [("queues", queues), ("priorities", priorities), ("dues", dues), ("ttls", ttls), ("contents", contents)];
    }
}
