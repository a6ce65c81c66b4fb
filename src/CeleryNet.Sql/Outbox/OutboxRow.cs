using CeleryNet.Brokers;

namespace CeleryNet.Sql.Outbox;

/// <summary>A message that waits to be sent.</summary>
internal sealed record OutboxRow(long Id, OutgoingMessage Sent);
