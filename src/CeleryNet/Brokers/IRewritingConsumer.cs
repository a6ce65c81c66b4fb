using CeleryNet.Messages;

namespace CeleryNet.Brokers;

/// <summary>Optional power of a consumer: changes what the broker keeps of a delivery without giving it away, so that whoever gets it after a crash sees the change.</summary>
public interface IRewritingConsumer
{
    /// <summary>Replaces the kept message. The delivery stays in the caller's hands.</summary>
    /// <returns>False when the delivery is no longer this consumer's, or the broker did not take the change; nothing has changed then.</returns>
    ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken);
}
