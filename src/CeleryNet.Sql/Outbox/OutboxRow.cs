using CeleryNet.Brokers;

namespace CeleryNet.Sql.Outbox;

/// <summary>A message that waits to be sent.</summary>
internal sealed record OutboxRow(long Id, OutgoingMessage Sent)
{
    /// <summary>What is sent in its order: messages of one exchange and key. As in <c>outbox-read.sql</c>.</summary>
    internal string Lane => $"{Sent.Route.Exchange} {Sent.Route.RoutingKey}";
}
