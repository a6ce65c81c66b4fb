using System.Collections.Concurrent;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Results;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Acknowledges a message before the result of its task is stored: the order that loses results.</summary>
internal sealed class AcknowledgeFirst
{
    // Acknowledgements travel together, a few milliseconds later; see FaultPointBroker.
    private static readonly TimeSpan Travel = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, (IBrokerConsumer Consumer, Delivery Delivery)> _open = new();

    internal IBroker Decorate(IBroker broker) => new Broker(broker, this);

    internal IResultBackend Decorate(IResultBackend results) => new Results(results, this);

    private async ValueTask AcknowledgeAsync(string taskId)
    {
        if (!_open.TryRemove(taskId, out var open)) return;
        await open.Consumer.SettleAsync(open.Delivery, Settlement.Acknowledge, CancellationToken.None);
        await Task.Delay(Travel);
    }

    private sealed class Broker(IBroker inner, AcknowledgeFirst order) : DecoratedBroker(inner)
    {
        protected override IBrokerConsumer Decorate(IBrokerConsumer consumer) => new Consumer(consumer, order);
    }

    private sealed class Consumer : DecoratedConsumer
    {
        private readonly AcknowledgeFirst _order;

        internal Consumer(IBrokerConsumer inner, AcknowledgeFirst order) : base(inner)
        {
            _order = order;
            Deliveries = new TappedReader(inner.Deliveries, delivery =>
            {
                if (delivery.Message.Id is { } id) order._open[id] = (inner, delivery);
                return true;
            });
        }

        public override ChannelReader<Delivery> Deliveries { get; }

        public override ValueTask SettleAsync(Delivery delivery, Settlement settlement, CancellationToken cancellationToken) =>
            delivery.Message.Id is { } id && !_order._open.TryRemove(id, out _) ? default : base.SettleAsync(delivery, settlement, cancellationToken);
    }

    private sealed class Results(IResultBackend inner, AcknowledgeFirst order) : DecoratedResults(inner)
    {
        public override async ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
        {
            await order.AcknowledgeAsync(result.TaskId);
            await base.StoreAsync(result, reply, cancellationToken);
        }
    }
}
