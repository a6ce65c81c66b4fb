using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Says that messages were taken, and sends none.</summary>
internal sealed class ForgetfulBroker(IBroker inner) : DecoratedBroker(inner)
{
    public override ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) => default;
}
