using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Contracts;

/// <summary>What every broker promises that keeps deliveries until their time has come. Inherited per implementation, as <see cref="BrokerContract"/> is.</summary>
public abstract class ParkingContract : IAsyncLifetime
{
    // A delivery comes back at most 1 s before or after its time; the rest of the lateness is for a busy machine.
    private static readonly TimeSpan MostEarly = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostLate = TimeSpan.FromSeconds(2);

    private readonly List<string> _queues = [];
    private readonly List<IAsyncDisposable> _owned = [];
    private IBroker? _broker;
    private object? _gate; // tests use what is made from several threads

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
    public async Task Park_DueLater_ComesBackThenOnceAndUnchanged()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(10, queue);
        var sent = TestMessages.Full(withEmptyCollections: false);
        sent.Expiration = null;
        sent.Eta = sent.Eta!.Value.AddYears(-10); // or a broker keeps it before anybody parks it
        await PublishAsync(queue, sent);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2);

        var isParked = await ParkAsync(consumer, await consumer.NextAsync(), due);
        var back = await consumer.TakeAsync();
        var arrived = DateTimeOffset.UtcNow;

        isParked.Should().BeTrue();
        arrived.Should().BeOnOrAfter(due - MostEarly).And.BeOnOrBefore(due + MostLate);
        back.IsRedelivered.Should().BeFalse("nobody has run it");
        back.Queue.Should().Be(queue.Name);
        back.Message.Should().BeEquivalentTo(sent, options => options.Excluding(message => message.Body).Excluding(message => message.CustomHeaders));
        back.Message.CustomHeaders.Should().Contain("text", "plain").And.ContainKey("map");
        back.Message.Body.ToArray().Should().Equal(sent.Body.ToArray());
        await AssertEmptyAsync(queue, consumer);
    }

    [SkippableFact]
    public async Task Park_FullPrefetch_MakesRoomForTheNext()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);
        var immediate = await PublishAsync(queue);

        var isParked = await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10));
        var next = await consumer.TakeAsync();

        isParked.Should().BeTrue();
        next.Message.Id.Should().Be(immediate.Id);
    }

    [SkippableFact]
    public async Task Park_WorkerGone_ComesBackToAnother()
    {
        var queue = NewQueue();
        var first = await ConsumeAsync(10, queue);
        var sent = await PublishAsync(queue);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2);
        var isParked = await ParkAsync(first, await first.NextAsync(), due);

        await first.DisposeAsync();
        var second = await ConsumeAsync(10, queue);
        var back = await second.TakeAsync();

        isParked.Should().BeTrue();
        back.Message.Id.Should().Be(sent.Id);
        back.IsRedelivered.Should().BeFalse();
        DateTimeOffset.UtcNow.Should().BeOnOrAfter(due - MostEarly);
        await AssertEmptyAsync(queue, second);
    }

    [SkippableFact]
    public async Task Park_DifferentTimes_ComeBackInTheirOrder()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(10, queue);
        var now = DateTimeOffset.UtcNow;
        var sent = new List<TaskMessage> { await PublishAsync(queue), await PublishAsync(queue), await PublishAsync(queue) };
        var held = await consumer.NextAsync(3);

        // Further apart than a second before and a second after; RabbitMQ refuses what is due within a second, so there is time for the three.
        for (var i = 0; i < 3; i++) (await ParkAsync(consumer, held[i], now + TimeSpan.FromSeconds(4 + (2.5 * (2 - i))))).Should().BeTrue();
        var back = await consumer.NextAsync(3);

        back.Select(delivery => delivery.Message.Id).Should().Equal(sent[2].Id, sent[1].Id, sent[0].Id);
        foreach (var delivery in back) await AcknowledgeAsync(consumer, delivery);
    }

    [SkippableFact]
    public async Task Park_Again_IsParkedAnew()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(10, queue);
        var sent = await PublishAsync(queue);

        (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1.5))).Should().BeTrue(); // RabbitMQ knows whole seconds, from 1 on
        (await ParkAsync(consumer, await consumer.NextAsync(), DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1.5))).Should().BeTrue(); // RabbitMQ knows whole seconds, from 1 on
        var back = await consumer.TakeAsync();

        back.Message.Id.Should().Be(sent.Id);
        back.IsRedelivered.Should().BeFalse();
        await AssertEmptyAsync(queue, consumer);
    }

    [SkippableFact]
    public async Task Park_ManyAtOnce_EachComesBackOnce()
    {
        const int Count = 2000;
        var queue = NewQueue();
        var consumers = new[] { await ConsumeAsync(500, queue), await ConsumeAsync(500, queue) };
        var messages = Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(queue))).ToList();
        await Broker.PublishManyAsync(messages, CancellationToken.None).Within();
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(8); // none may be due before the last is parked

        var parked = await TakeAllAsync(consumers, Count, async (consumer, delivery) => (await ParkAsync(consumer, delivery, due)).Should().BeTrue());
        var back = await TakeAllAsync(consumers, Count, AcknowledgeAsync);

        var ids = messages.Select(sent => sent.Message.Id).ToHashSet();
        parked.Select(delivery => delivery.Message.Id).ToHashSet().SetEquals(ids).Should().BeTrue();
        back.Should().HaveCount(Count);
        back.Select(delivery => delivery.Message.Id).ToHashSet().SetEquals(ids).Should().BeTrue("each comes back exactly once");
        back.Should().OnlyContain(delivery => !delivery.IsRedelivered);
        await AssertEmptyAsync(queue, consumers);
    }

    [SkippableFact]
    public async Task Park_SessionLost_IsRefused()
    {
        var queue = NewQueue();
        var lost = await ConsumeAsync(10, queue);
        var sent = await PublishAsync(queue);
        var held = await lost.NextAsync();

        await lost.DisposeAsync();
        var isParked = await ParkAsync(lost, held, DateTimeOffset.UtcNow + TimeSpan.FromHours(1));

        isParked.Should().BeFalse();
        var other = await ConsumeAsync(10, queue);
        (await other.TakeAsync()).Message.Id.Should().Be(sent.Id, "it went back to its queue");
        await AssertEmptyAsync(queue, other);
    }

    /// <summary>Makes the broker under test; <see cref="TestServers"/> says where its server is.</summary>
    protected abstract IBroker CreateBroker();

    /// <summary>Removes the queues, and what was parked of them, from the server; the broker is disposed already.</summary>
    protected virtual Task DeleteQueuesAsync(IReadOnlyList<string> names) => Task.CompletedTask;

    /// <summary>A queue nobody else uses; removed after the test.</summary>
    protected QueueDefinition NewQueue()
    {
        var name = $"tests-{Guid.NewGuid():N}";
        _queues.Add(name);
        return new QueueDefinition(name);
    }

    private async Task<IBrokerConsumer> ConsumeAsync(int prefetch, QueueDefinition queue)
    {
        var consumer = await Broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None).Within();
        _owned.Add(consumer);
        return consumer;
    }

    private async Task<TaskMessage> PublishAsync(QueueDefinition queue, TaskMessage? message = null)
    {
        message ??= TestMessages.New();
        await Broker.PublishAsync(message, Route.To(queue), CancellationToken.None).Within();
        return message;
    }

    private static Task<bool> ParkAsync(IBrokerConsumer consumer, Delivery delivery, DateTimeOffset due) =>
        ((IParkingConsumer)consumer).ParkAsync(delivery, due, CancellationToken.None).Within();

    private static Task AcknowledgeAsync(IBrokerConsumer consumer, Delivery delivery) =>
        consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

    private static async Task<List<Delivery>> TakeAllAsync(IBrokerConsumer[] consumers, int count, Func<IBrokerConsumer, Delivery, Task> end)
    {
        var taken = new List<Delivery>();
        var ends = new List<Task>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var waits = consumers.Select(consumer => consumer.Deliveries.WaitToReadAsync(limit.Token).AsTask()).ToArray();
        while (taken.Count < count)
        {
            await Task.WhenAny(waits).ConfigureAwait(false);
            if (limit.IsCancellationRequested) throw new TimeoutException($"Only {taken.Count} of {count} arrived.");
            for (var i = 0; i < consumers.Length; i++)
            {
                if (!waits[i].IsCompleted) continue;
                while (consumers[i].Deliveries.TryRead(out var delivery))
                {
                    taken.Add(delivery);
                    ends.Add(end(consumers[i], delivery));
                }

                waits[i] = consumers[i].Deliveries.WaitToReadAsync(limit.Token).AsTask();
            }
        }

        await Task.WhenAll(ends).Within();
        return taken;
    }

    // A marker must be what comes next: nothing was left before it.
    private async Task AssertEmptyAsync(QueueDefinition queue, params IBrokerConsumer[] consumers)
    {
        var marker = await PublishAsync(queue);
        var next = await await Task.WhenAny(consumers.Select(consumer => consumer.NextAsync()));
        next.Message.Id.Should().Be(marker.Id, "nothing else was to be left in the queue");
    }
}
