using CeleryNet.Brokers;

namespace CeleryNet.Sql.Consuming;

/// <summary>A message in the hands of a consumer.</summary>
internal sealed class SqlDelivery(long id, ConsumerSession session) : Delivery
{
    /// <summary>Id of its row.</summary>
    internal long Id => id;

    /// <summary>The session that holds it.</summary>
    internal ConsumerSession Session => session;
}
