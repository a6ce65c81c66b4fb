using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Passes everything on.</summary>
public abstract class DecoratedBroker(IBroker inner) : IBroker
{
    /// <inheritdoc/>
    public string Address => inner.Address;

    /// <inheritdoc/>
    public virtual ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken) => inner.PublishAsync(message, route, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) => inner.PublishManyAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => inner.DeclareAsync(queue, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken)
    {
        var consumer = await inner.ConsumeAsync(settings, cancellationToken);
        return ConsumerPowers.Restore(Decorate(consumer), consumer);
    }

    /// <inheritdoc/>
    public ValueTask PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }

    /// <summary>Makes what the worker consumes from.</summary>
    protected virtual IBrokerConsumer Decorate(IBrokerConsumer consumer) => consumer;
}
