using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Contracts;

/// <summary>
/// What every broker promises. A test project inherits it per implementation: <c>public sealed class MemoryBrokerTests : BrokerContract</c>. The parts of this class are
/// grouped by what they look at; this one holds what a test needs.
/// </summary>
/// <remarks>
/// A test never waits to see that nothing happens: it sends a marker behind what must not come, and the marker must be what comes next.
/// </remarks>
public abstract partial class BrokerContract : IAsyncLifetime
{
    private readonly List<string> _queues = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private IBroker? _broker;
    private object? _gate; // tests use what is made from several threads

    /// <summary>True (default): a publish to a queue that does not exist is refused.</summary>
    protected virtual bool KnowsMissingQueues => true;

    /// <summary>True (default): declaring a queue again with other arguments is refused.</summary>
    protected virtual bool KnowsQueueArguments => true;

    /// <summary>True (default): a rejected message goes to the dead-letter exchange of its queue.</summary>
    protected virtual bool DeadLetters => true;

    /// <summary>True (default): an empty list inside a custom header arrives as one. Some client libraries read it as null.</summary>
    protected virtual bool KeepsEmptyCollectionsInHeaders => true;

    /// <summary>The broker of this test; made when first used.</summary>
    protected IBroker Broker => LazyInitializer.EnsureInitialized(ref _broker, ref _gate, CreateBroker);

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_broker is null) return;
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
        await _broker.DisposeAsync().AsTask().Within();
        await DeleteQueuesAsync(_queues);
    }

    /// <summary>Makes the broker under test; <see cref="TestServers"/> says where its server is.</summary>
    protected abstract IBroker CreateBroker();

    /// <summary>Removes the queues, and the exchanges of their names, from the server; the broker is disposed already.</summary>
    protected virtual Task DeleteQueuesAsync(IReadOnlyList<string> names) => Task.CompletedTask;

    /// <summary>A queue nobody else uses; removed after the test.</summary>
    protected QueueDefinition NewQueue()
    {
        var name = $"tests-{Guid.NewGuid():N}";
        _queues.Add(name);
        return new QueueDefinition(name);
    }

    /// <summary>A consumer of the queues; disposed after the test.</summary>
    protected async Task<IBrokerConsumer> ConsumeAsync(int prefetch, params QueueDefinition[] queues)
    {
        var settings = new ConsumerSettings { Queues = queues, Prefetch = prefetch, NodeName = "celery@tests" };
        var consumer = await Broker.ConsumeAsync(settings, CancellationToken.None).Within();
        _owned.Add(consumer);
        return consumer;
    }

    /// <summary>Publishes to the queue.</summary>
    protected async Task<TaskMessage> PublishAsync(QueueDefinition queue, TaskMessage? message = null)
    {
        message ??= TestMessages.New();
        await Broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();
        return message;
    }

    /// <summary>Publishes new messages to the queue, and returns their ids in order.</summary>
    protected async Task<List<string>> PublishAsync(QueueDefinition queue, int count)
    {
        var messages = Enumerable.Range(0, count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(queue))).ToList();
        await Broker.PublishManyAsync(messages, CancellationToken.None).Within();
        return [.. messages.Select(sent => sent.Message.Id!)];
    }

    /// <summary>Acknowledges the delivery.</summary>
    protected static Task AcknowledgeAsync(IBrokerConsumer consumer, Delivery delivery) =>
        consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

    /// <summary>Sends a marker to the queue; it must be the next to come, so nothing was left before it.</summary>
    protected async Task AssertEmptyAsync(QueueDefinition queue)
    {
        var marker = await PublishAsync(queue);
        var consumer = await ConsumeAsync(10, queue);

        var next = await consumer.TakeAsync();

        next.Message.Id.Should().Be(marker.Id, "nothing else was to be left in the queue");
    }
}
