using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Passes everything on.</summary>
public abstract class DecoratedConsumer(IBrokerConsumer inner) : IBrokerConsumer
{
    /// <inheritdoc/>
    public virtual ChannelReader<Delivery> Deliveries => inner.Deliveries;

    /// <inheritdoc/>
    public ConsumerStatus Status => inner.Status;

    /// <summary>What is decorated.</summary>
    protected IBrokerConsumer Inner => inner;

    /// <inheritdoc/>
    public bool IsCurrent(Delivery delivery) => inner.IsCurrent(delivery);

    /// <inheritdoc/>
    public virtual ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken) => inner.SettleAsync(delivery, settlement, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken) => inner.SetPrefetchAsync(count, cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return inner.DisposeAsync();
    }
}
