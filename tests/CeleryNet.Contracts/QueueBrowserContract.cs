using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every <see cref="IQueueBrowser"/> promises: looking changes nothing, taking is settled message by message, and a queue that does not exist is an empty one.</summary>
public abstract class QueueBrowserContract : IAsyncLifetime
{
    private readonly List<string> _queues = [];
    private IBroker? _broker;
    private object? _gate; // tests use what is made from several threads

    /// <summary>The broker of this test; made when first used.</summary>
    protected IBroker Broker => LazyInitializer.EnsureInitialized(ref _broker, ref _gate, CreateBroker);

    /// <summary>The same broker by its power to look into queues.</summary>
    protected IQueueBrowser Browser => (IQueueBrowser)Broker;

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_broker is null) return;
        await _broker.DisposeAsync().AsTask().Within();
        await DeleteQueuesAsync(_queues);
    }

    [SkippableFact]
    public async Task Count_OfWaitingMessages_IsTheirNumber()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 3);

        (await CountAsync(queue)).Should().Be(3);
    }

    [SkippableFact]
    public async Task Count_DeliveryUnsettled_LeavesItOut()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 2);
        await using var consumer = await ConsumeAsync(queue, prefetch: 1);
        await consumer.NextAsync();

        (await CountAsync(queue)).Should().Be(1);
    }

    [SkippableFact]
    public async Task Peek_MoreThanTheLimit_ShowsTheNextOnesAndLeavesAllInTheirOrder()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 5);

        var first = await PeekAsync(queue, 2);
        var again = await PeekAsync(queue, 2);
        await using var consumer = await ConsumeAsync(queue, prefetch: 10);
        var delivered = await consumer.NextAsync(5);

        Ids(first).Should().Equal(sent[..2]);
        Ids(again).Should().Equal(sent[..2]);
        Ids(delivered).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Peek_FewerThanTheLimit_ShowsAll()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);

        Ids(await PeekAsync(queue, 10)).Should().Equal(sent);
        (await CountAsync(queue)).Should().Be(3);
    }

    [SkippableFact]
    public async Task Peek_Message_ShowsItWhole()
    {
        var queue = NewQueue();
        var sent = TestMessages.New(body: "[[1,\"ü\"],{},{}]"u8.ToArray());
        sent.CustomHeaders = new Dictionary<string, object?> { ["celerynet.reason"] = "poison", ["n"] = 7L };
        await Broker.PublishAsync(sent, Route.To(queue), CancellationToken.None).Within();

        var seen = (await PeekAsync(queue, 1)).Should().ContainSingle().Which;

        seen.Queue.Should().Be(queue.Name);
        seen.Message.Problem.Should().BeNull();
        seen.Message.TaskName.Should().Be(sent.TaskName);
        seen.Message.CustomHeaders.Should().BeEquivalentTo(sent.CustomHeaders);
        seen.Message.Body.ToArray().Should().Equal(sent.Body.ToArray());
    }

    [SkippableFact]
    public async Task Take_Acknowledged_IsGone()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);
        var seen = new List<string?>();

        var taken = await TakeAsync(queue, 2, delivery => Note(seen, delivery, Settlement.Acknowledge));

        taken.Should().Be(2);
        seen.Should().Equal(sent[..2]);
        Ids(await PeekAsync(queue, 10)).Should().Equal(sent[2]);
    }

    [SkippableFact]
    public async Task Take_Requeued_StaysAndIsSeenOnce()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 4);
        var seen = new List<string?>();

        var taken = await TakeAsync(queue, 100, delivery => Note(seen, delivery, delivery.Message.Id == sent[1] ? Settlement.Acknowledge : Settlement.Requeue));

        taken.Should().Be(1);
        seen.Should().Equal(sent);
        Ids(await PeekAsync(queue, 10)).Should().Equal(sent[0], sent[2], sent[3]);
    }

    [SkippableFact]
    public async Task Take_Rejected_IsGoneAndNotCounted()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 2);

        (await TakeAsync(queue, 10, _ => Settlement.Reject)).Should().Be(0);

        (await CountAsync(queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task Take_HandlerThrows_ItsMessageStaysAndTheCallEnds()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);

        var take = () => TakeAsync(queue, 10, delivery => delivery.Message.Id == sent[1] ? throw new InvalidDataException("no") : Settlement.Acknowledge);

        await take.Should().ThrowAsync<InvalidDataException>();
        Ids(await PeekAsync(queue, 10)).Should().Equal(sent[1..]);
    }

    [SkippableFact]
    public async Task Take_Cancelled_StopsBetweenTwoMessages()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);
        using var cancelling = new CancellationTokenSource();

        var take = async () => await Browser.TakeAsync(
            queue.Name,
            10,
            (_, _) =>
            {
                cancelling.Cancel();
                return ValueTask.FromResult(Settlement.Acknowledge);
            },
            cancelling.Token).Within();

        await take.Should().ThrowAsync<OperationCanceledException>();
        Ids(await PeekAsync(queue, 10)).Should().Equal(sent[1..]);
    }

    [SkippableFact]
    public async Task Take_HandlerPublishesToTheSameQueue_EndsWithWhatWasReadyAtFirst()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 3);

        var taken = await Browser.TakeAsync(
            queue.Name,
            100,
            async (_, token) =>
            {
                await Broker.PublishAsync(TestMessages.New(), Route.To(queue), token);
                return Settlement.Acknowledge;
            },
            CancellationToken.None).Within();

        taken.Should().Be(3);
        (await CountAsync(queue)).Should().Be(3);
    }

    [SkippableFact]
    public async Task Purge_WaitingMessages_AreGoneAndCounted()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 7);

        (await Browser.PurgeAsync(queue.Name, CancellationToken.None).Within()).Should().Be(7);

        (await CountAsync(queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task PurgeAtMost_NoMoreThanThat_AreGoneAndCounted()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 7);

        (await Browser.PurgeAsync(queue.Name, 7, CancellationToken.None).Within()).Should().Be(7);

        (await CountAsync(queue)).Should().Be(0);
    }

    [SkippableFact]
    public async Task PurgeAtMost_More_RemovesNoneAndTellsTheNumber()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 4);

        (await Browser.PurgeAsync(queue.Name, 3, CancellationToken.None).Within()).Should().Be(4);
        (await Browser.PurgeAsync(queue.Name, 0, CancellationToken.None).Within()).Should().Be(4);

        Ids(await PeekAsync(queue, 10)).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task PurgeAtMost_DeliveryUnsettled_StaysWithItsHolder()
    {
        var queue = NewQueue();
        await PublishAsync(queue, 3);
        var consumer = await ConsumeAsync(queue, prefetch: 1);
        var held = await consumer.NextAsync();

        (await Browser.PurgeAsync(queue.Name, 2, CancellationToken.None).Within()).Should().Be(2);
        await consumer.DisposeAsync();

        Ids(await PeekAsync(queue, 10)).Should().Equal(held.Message.Id);
    }

    [SkippableFact]
    public async Task Inspect_ReadyHeldAndDelayed_AreToldApartAndOfThisQueueAlone()
    {
        var (queue, other) = (NewQueue(), NewQueue());
        await PublishAsync(queue, 5);
        await PublishAsync(other, 3);
        await using var consumer = await ConsumeAsync(queue, prefetch: 2);
        await using var stranger = await ConsumeAsync(other, prefetch: 3);
        var held = await consumer.NextAsync(2);
        await stranger.NextAsync(3);

        var before = await InspectAsync(queue);
        (await ((IParkingConsumer)consumer).ParkAsync(held[0], DateTimeOffset.UtcNow.AddHours(1), CancellationToken.None).Within()).Should().BeTrue();
        await consumer.NextAsync(); // the room is another one's
        var after = await InspectAsync(queue);

        before.Should().Be(new QueueCounts(3, KnowsWhatIsHeld ? 2 : null, KnowsWhatIsHeld ? 0 : null));
        after.Should().Be(new QueueCounts(2, KnowsWhatIsHeld ? 2 : null, KnowsWhatIsHeld ? 1 : null));
        (await InspectAsync(other)).Should().Be(new QueueCounts(0, KnowsWhatIsHeld ? 3 : null, KnowsWhatIsHeld ? 0 : null));
    }

    [SkippableFact]
    public async Task List_NamesTheQueuesThatTheBrokerCanName()
    {
        var (one, other) = (NewQueue(), NewQueue());
        await PublishAsync(one, 1);
        await Broker.DeclareAsync(other, CancellationToken.None).Within();

        var names = await Browser.ListAsync(CancellationToken.None).Within();

        if (KnowsItsQueues) names.Should().Contain([one.Name, other.Name]);
        else names.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Anything_QueueThatDoesNotExist_IsEmpty()
    {
        var queue = NewQueue();
        (await Browser.PurgeAsync(queue.Name, 5, CancellationToken.None).Within()).Should().Be(0);
        (await InspectAsync(queue)).Should().Be(new QueueCounts(0, KnowsWhatIsHeld ? 0 : null, KnowsWhatIsHeld ? 0 : null));

        (await CountAsync(queue)).Should().Be(0);
        (await PeekAsync(queue, 5)).Should().BeEmpty();
        (await TakeAsync(queue, 5, _ => Settlement.Acknowledge)).Should().Be(0);
        (await Browser.PurgeAsync(queue.Name, CancellationToken.None).Within()).Should().Be(0);
    }

    [SkippableFact]
    public async Task Limit_BelowOne_IsRefused()
    {
        var queue = NewQueue();
        await CountAsync(queue);

        await ((Func<Task>)(() => PeekAsync(queue, 0))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await ((Func<Task>)(() => TakeAsync(queue, 0, _ => Settlement.Acknowledge))).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    /// <summary>True when the broker tells what workers hold and what waits until it is due.</summary>
    protected virtual bool KnowsWhatIsHeld => true;

    /// <summary>True when the broker can list its queues.</summary>
    protected virtual bool KnowsItsQueues => true;

    /// <summary>Makes the broker under test; it must be an <see cref="IQueueBrowser"/>.</summary>
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

    private static List<string> Ids(IEnumerable<Delivery> deliveries) => [.. deliveries.Select(delivery => delivery.Message.Id!)];

    private static Settlement Note(List<string?> seen, Delivery delivery, Settlement settlement)
    {
        seen.Add(delivery.Message.Id);
        return settlement;
    }

    private async Task<List<string>> PublishAsync(QueueDefinition queue, int count)
    {
        var messages = Enumerable.Range(0, count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(queue))).ToList();
        await Broker.PublishManyAsync(messages, CancellationToken.None).Within();
        return [.. messages.Select(sent => sent.Message.Id!)];
    }

    private async Task<IBrokerConsumer> ConsumeAsync(QueueDefinition queue, int prefetch) =>
        await Broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None).Within();

    private Task<QueueCounts> InspectAsync(QueueDefinition queue) => Browser.InspectAsync(queue.Name, CancellationToken.None).Within();

    private Task<long> CountAsync(QueueDefinition queue) => Browser.CountAsync(queue.Name, CancellationToken.None).Within();

    private Task<IReadOnlyList<Delivery>> PeekAsync(QueueDefinition queue, int limit) => Browser.PeekAsync(queue.Name, limit, CancellationToken.None).Within();

    private Task<int> TakeAsync(QueueDefinition queue, int limit, Func<Delivery, Settlement> decide) =>
        Browser.TakeAsync(queue.Name, limit, (delivery, _) => ValueTask.FromResult(decide(delivery)), CancellationToken.None).Within();
}
