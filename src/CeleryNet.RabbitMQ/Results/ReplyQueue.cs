using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.Results;

namespace CeleryNet.RabbitMQ.Results;

/// <summary>
/// The queue to which results for this process are sent. Celery's dies with its connection; a result that is sent while the client reconnects is then lost. This one is durable, so that
/// also a broker that refuses transient shared queues takes it, outlives the connection, is removed when the process ends, and expires when that was not possible.
/// Results are acknowledged once they are kept, so that a lost connection loses none.
/// </summary>
internal sealed class ReplyQueue : IAsyncDisposable
{
    private const int Prefetch = 1000;

    private readonly RabbitMQBroker _broker;
    private readonly RpcResultOptions _options;
    private readonly IBrokerConsumer _consumer;
    private readonly ResultShelf _shelf;
    private readonly Task _loop;

    private ReplyQueue(RabbitMQBroker broker, RpcResultOptions options, string name, IBrokerConsumer consumer, ResultShelf shelf)
    {
        (_broker, _options, Name, _consumer, _shelf) = (broker, options, name, consumer, shelf);
        _loop = Task.Run(RunAsync);
    }

    internal string Name { get; }

    /// <summary>Declares the queue and begins to read it.</summary>
    internal static async Task<ReplyQueue> OpenAsync(RabbitMQBroker broker, RpcResultOptions options, string name, ResultShelf shelf)
    {
        var queue = new QueueDefinition(name) { Exchange = "" }.WithArgument("x-expires", (long)options.ResultExpires.TotalMilliseconds);
        var settings = new ConsumerSettings { Queues = [queue], Prefetch = Prefetch, NodeName = "results" };
        return new ReplyQueue(broker, options, name, await broker.ConsumeAsync(settings, CancellationToken.None).ConfigureAwait(false), shelf);
    }

    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        try
        {
            await _broker.DeleteQueueAsync(Name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.ReplyQueueLeft(_broker.Logger, Name, Printable.Limit(error.Message));
        }
    }

    private async Task RunAsync()
    {
        await foreach (var delivery in _consumer.Deliveries.ReadAllAsync().ConfigureAwait(false))
        {
            var body = delivery.Message.Body;
            try
            {
                if (!_shelf.Put(ResultDocument.Read(body))) Log.ResultsDropped(_broker.Logger, _options.MaxKeptResults);
            }
            catch (Exception error)
            {
                Log.BadResult(_broker.Logger, body.Length, Printable.Limit(error.Message));
            }

            await _consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
