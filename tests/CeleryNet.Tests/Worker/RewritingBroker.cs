using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

/// <summary>A broker whose kept messages can be changed in place; each change is a step with its count.</summary>
internal sealed class RewritingBroker : PowerfulBroker, IRewritingConsumer
{
    /// <summary>What a change is answered with.</summary>
    internal bool Takes { get; set; } = true;

    public ValueTask<bool> RewriteAsync(Delivery delivery, TaskMessage message, CancellationToken cancellationToken)
    {
        Note($"rewrite {StartCounter.StartsOf(message)}");
        return new(Takes && IsCurrent(delivery));
    }
}
