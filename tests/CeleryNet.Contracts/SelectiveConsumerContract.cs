using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every <see cref="ISelectiveConsumer"/> promises: queues come and go while it consumes, and nothing of a queue that was left is lost or kept.</summary>
public abstract class SelectiveConsumerContract : IAsyncLifetime
{
    private readonly List<string> _queues = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private IBroker? _broker;
    private object? _gate; // tests use what is made from several threads

    /// <summary>True when the broker refuses a declaration with other arguments.</summary>
    protected virtual bool KnowsQueueArguments => true;

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

    [SkippableFact]
    public async Task Add_WhileConsuming_DeliversOfBoth()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(10, one);
        await PublishAsync(other, 1);

        await AddAsync(consumer, other);
        await PublishAsync(one, 1);
        await PublishAsync(other, 1);

        (await consumer.NextAsync(3)).Select(delivery => delivery.Queue).Should().BeEquivalentTo(one.Name, other.Name, other.Name);
    }

    [SkippableFact]
    public async Task Add_Twice_IsHarmless()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(10, one);

        await AddAsync(consumer, other);
        await AddAsync(consumer, other);
        await AddAsync(consumer, one);
        await CancelAsync(consumer, other);
        await PublishAsync(other, 1);
        var sent = await PublishAsync(one, 2);

        Ids(await consumer.NextAsync(2)).Should().Equal(sent);
        (await ReadyAsync(other)).Should().Be(1, "it was left, however often it had been added");
    }

    [SkippableFact]
    public async Task Consume_NoQueueAtFirst_DeliversWhatIsAdded()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(10);
        var sent = await PublishAsync(queue, 3);

        await AddAsync(consumer, queue);

        Ids(await consumer.NextAsync(3)).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Cancel_DeliveriesThatNobodyRead_AreReadyInTheirOrder()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(20, one, other);
        var sent = await PublishAsync(one, 5);
        var kept = await PublishAsync(other, 5);
        await Eventually.IsTrueAsync(() => consumer.Deliveries.Count == 10);

        await CancelAsync(consumer, one);

        await Eventually.IsTrueAsync(async () => await ReadyAsync(one) == 5);
        Ids(await consumer.NextAsync(5)).Should().BeEquivalentTo(kept);
        var next = await ConsumeAsync(10, one);
        Ids(await next.NextAsync(5)).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Cancel_DeliveryThatWasRead_CanBeSettled()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue, 1);
        var delivery = await consumer.NextAsync();

        await CancelAsync(consumer, queue);
        var isCurrent = consumer.IsCurrent(delivery);
        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();
        await consumer.DisposeAsync();

        isCurrent.Should().BeTrue();
        (await ReadyAsync(queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task Cancel_ThenPublish_StaysUntilItIsAddedAgain()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(10, one, other);
        await CancelAsync(consumer, one);
        await CancelAsync(consumer, one);

        var sent = await PublishAsync(one, 2);
        var marker = await PublishAsync(other, 1);
        var first = await consumer.NextAsync();
        await Eventually.IsTrueAsync(async () => await ReadyAsync(one) == 2);
        await AddAsync(consumer, one);

        first.Message.Id.Should().Be(marker[0]);
        Ids(await consumer.NextAsync(2)).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Cancel_OfTheOnlyQueueThenAdd_GoesOn()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(2, queue);
        var sent = new List<string>();

        for (var round = 0; round < 3; round++)
        {
            await CancelAsync(consumer, queue);
            sent.AddRange(await PublishAsync(queue, 2));
            await AddAsync(consumer, queue);
            (await consumer.TakeAsync()).Message.Id.Should().Be(sent[2 * round]);
            (await consumer.TakeAsync()).Message.Id.Should().Be(sent[(2 * round) + 1]);
        }

        consumer.Status.Generation.Should().Be(1, "changes need no other connection");
    }

    [SkippableFact]
    public async Task Stop_AfterChanges_ReturnsWhatNobodyRead()
    {
        var (one, other) = (NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(10, one);
        await AddAsync(consumer, other);
        await CancelAsync(consumer, one);
        await PublishAsync(one, 1);
        await PublishAsync(other, 3);
        await Eventually.IsTrueAsync(() => consumer.Deliveries.Count == 3);

        await consumer.StopAsync(CancellationToken.None).Within();
        await AddAsync(consumer, one);

        await Eventually.IsTrueAsync(async () => await ReadyAsync(one) == 1 && await ReadyAsync(other) == 3);
    }

    [SkippableFact]
    public async Task Add_QueueThatExistsWithOtherArguments_IsRefusedAndTheOthersGoOn()
    {
        Skip.IfNot(KnowsQueueArguments);
        var (one, other) = (NewQueue(), NewQueue());
        await Broker.DeclareAsync(other, CancellationToken.None).Within();
        var consumer = await ConsumeAsync(10, one);

        var add = () => AddAsync(consumer, other.WithMaxPriority(3));

        await add.Should().ThrowAsync<TaskQueueConfigurationException>();
        var sent = await PublishAsync(one, 1);
        (await consumer.NextAsync()).Message.Id.Should().Be(sent[0]);
        consumer.Status.Generation.Should().Be(1);
    }

    [SkippableFact]
    public async Task PrefetchPerQueue_OneQueueFull_KeepsNoOtherOut()
    {
        var (full, other) = (NewQueue(), NewQueue());
        await PublishAsync(full, 10);
        var consumer = await ConsumeAsync(new ConsumerSettings { Queues = [full, other], Prefetch = 3, HasPrefetchPerQueue = true, NodeName = "celery@tests" });
        await consumer.NextAsync(3);

        var sent = await PublishAsync(other, 5);
        var deliveries = await consumer.NextAsync(3);

        Ids(deliveries).Should().Equal(sent[..3]);
        (await ReadyAsync(full), await ReadyAsync(other)).Should().Be((7, 2));
        foreach (var delivery in deliveries) await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();
        Ids(await consumer.NextAsync(2)).Should().Equal(sent[3..]);
    }

    [SkippableFact]
    public async Task PrefetchPerQueue_BothBusy_DeliversAllOfBothAndMoreOfAnAddedOne()
    {
        const int Count = 200;
        var (one, other, added) = (NewQueue(), NewQueue(), NewQueue());
        var consumer = await ConsumeAsync(new ConsumerSettings { Queues = [one, other], Prefetch = 4, HasPrefetchPerQueue = true, NodeName = "celery@tests" });
        List<string> sent = [.. await PublishAsync(one, Count), .. await PublishAsync(other, Count)];
        var received = new List<string>();
        for (var i = 0; i < Count; i++) received.Add((await consumer.TakeAsync()).Message.Id!);

        await AddAsync(consumer, added);
        await consumer.SetPrefetchAsync(7, CancellationToken.None).Within();
        sent.AddRange(await PublishAsync(added, Count));
        while (received.Count < sent.Count) received.Add((await consumer.TakeAsync()).Message.Id!);

        received.Should().BeEquivalentTo(sent);
    }

    /// <summary>Makes the broker under test; its consumers must be <see cref="ISelectiveConsumer"/>, and itself an <see cref="IQueueBrowser"/>.</summary>
    protected abstract IBroker CreateBroker();

    /// <summary>Removes the queues from the server; the broker is disposed already.</summary>
    protected virtual Task DeleteQueuesAsync(IReadOnlyList<string> names) => Task.CompletedTask;

    /// <summary>A queue nobody else uses; removed after the test.</summary>
    protected QueueDefinition NewQueue()
    {
        var name = $"tests-{Guid.NewGuid():N}";
        _queues.Add(name);
        return new QueueDefinition(name);
    }

    /// <summary>A consumer; disposed after the test.</summary>
    protected Task<IBrokerConsumer> ConsumeAsync(int prefetch, params QueueDefinition[] queues) =>
        ConsumeAsync(new ConsumerSettings { Queues = queues, Prefetch = prefetch, NodeName = "celery@tests" });

    /// <summary>A consumer; disposed after the test.</summary>
    protected async Task<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, IBroker? broker = null)
    {
        var consumer = await (broker ?? Broker).ConsumeAsync(settings, CancellationToken.None).Within();
        _owned.Add(consumer);
        return consumer;
    }

    /// <summary>Publishes new messages, and returns their ids in order.</summary>
    protected async Task<List<string>> PublishAsync(QueueDefinition queue, int count)
    {
        var messages = Enumerable.Range(0, count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(queue))).ToList();
        await Broker.PublishManyAsync(messages, CancellationToken.None).Within();
        return [.. messages.Select(sent => sent.Message.Id!)];
    }

    /// <summary>Takes a queue up.</summary>
    protected static Task AddAsync(IBrokerConsumer consumer, QueueDefinition queue) => ((ISelectiveConsumer)consumer).AddQueueAsync(queue, CancellationToken.None).AsTask().Within();

    /// <summary>Leaves a queue.</summary>
    protected static Task CancelAsync(IBrokerConsumer consumer, QueueDefinition queue) => ((ISelectiveConsumer)consumer).CancelQueueAsync(queue.Name, CancellationToken.None).AsTask().Within();

    /// <summary>How many messages are ready.</summary>
    protected Task<long> ReadyAsync(QueueDefinition queue) => ((IQueueBrowser)Broker).CountAsync(queue.Name, CancellationToken.None).Within();

    /// <summary>The ids of deliveries in their order.</summary>
    protected static List<string> Ids(IEnumerable<Delivery> deliveries) => [.. deliveries.Select(delivery => delivery.Message.Id!)];
}
