using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>A message in the hands of a consumer, to be settled exactly once. Brokers derive their own to remember what they settle it by.</summary>
public class Delivery
{
    /// <summary>The message; its <see cref="TaskMessage.Problem"/> is set when it could not be read.</summary>
    public required TaskMessage Message { get; init; }

    /// <summary>Queue the message was taken from.</summary>
    public required string Queue { get; init; }

    /// <summary>Exchange it was published to.</summary>
    public string Exchange { get; init; } = "";

    /// <summary>Routing key it was published with.</summary>
    public string RoutingKey { get; init; } = "";

    /// <summary>True when the broker handed it out before, so that it may have run already.</summary>
    public bool IsRedelivered { get; init; }

    /// <summary>How many bytes the body has that the broker keeps, since it is over the limit; <see cref="TaskMessage.Body"/> is empty then. 0, which is usual, when the message is whole.</summary>
    public long KeptBodyBytes { get; init; }

    /// <summary>
    /// Which connection of the consumer delivered it. A settlement of an older generation is dropped: the broker has handed the message out again.
    /// </summary>
    public int Generation { get; init; }
}
