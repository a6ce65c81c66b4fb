using CeleryNet.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>One <c>basic.consume</c>: passes what the client tells on to its session. The client calls it on a loop of its own, never on the one that reads the socket.</summary>
internal sealed class QueueConsumer(ConsumeSession session, QueueDefinition queue, string tag) : IAsyncBasicConsumer
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal QueueDefinition Queue { get; } = queue;

    internal string Tag { get; } = tag;

    /// <summary>Set before it is cancelled because its queue is left.</summary>
    internal bool WasLeft { get; set; }

    /// <summary>Completes when nothing more comes to this consumer.</summary>
    internal Task Ended => _ended.Task;

    public IChannel? Channel => null;

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        session.Deliver(Queue, deliveryTag, redelivered, exchange, routingKey, properties, body);
        return Task.CompletedTask;
    }

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        if (WasLeft) session.Left(session, Queue.Name);
        _ended.TrySetResult();
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        _ended.TrySetResult();
        session.OnCancelledByBroker(this);
        return Task.CompletedTask;
    }

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _ended.TrySetResult();
        return Task.CompletedTask;
    }
}
