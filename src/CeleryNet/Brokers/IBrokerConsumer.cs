using System.Threading.Channels;

namespace CeleryNet.Brokers;

/// <summary>Deliveries of some queues to one worker. Disposing returns everything unsettled to its queue.</summary>
public interface IBrokerConsumer : IAsyncDisposable
{
    /// <summary>
    /// What arrived, per queue in the broker's order; completed after <see cref="StopAsync"/>. Whatever was read must be settled; a reader asks
    /// <see cref="IsCurrent"/> before it starts the work.
    /// </summary>
    ChannelReader<Delivery> Deliveries { get; }

    /// <summary>How the consumer is doing.</summary>
    ConsumerStatus Status { get; }

    /// <summary>False when the delivery belongs to a lost connection or lease: another worker has it or will have it, so it must not be started.</summary>
    bool IsCurrent(Delivery delivery);

    /// <summary>
    /// Ends a delivery. Returns when the settlement is on its way, possibly batched with others; never throws for a lost connection, since the broker then
    /// delivers the message again. Settlements of an older generation are dropped and counted.
    /// </summary>
    ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken);

    /// <summary>Changes how many unsettled deliveries the consumer may hold. At least 1.</summary>
    ValueTask SetPrefetchAsync(int count, CancellationToken cancellationToken);

    /// <summary>Stops fetching and returns what nobody has read yet to its queue. Deliveries that were read can still be settled.</summary>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
