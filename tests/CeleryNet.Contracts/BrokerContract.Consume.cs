using System.Collections.Concurrent;
using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

public abstract partial class BrokerContract
{
    [SkippableFact]
    public async Task Consume_QueueOfTheDefaultRoute_TellsWhereTheMessageCameFrom()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);

        var delivery = await consumer.TakeAsync();

        delivery.Queue.Should().Be(queue.Name);
        delivery.RoutingKey.Should().Be(queue.Name);
        delivery.Exchange.Should().BeEmpty();
        delivery.IsRedelivered.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Consume_SeveralQueues_DeliversFromAll()
    {
        var queues = new[] { NewQueue(), NewQueue(), NewQueue() };
        var consumer = await ConsumeAsync(10, queues);

        foreach (var queue in queues) await PublishAsync(queue);
        var received = await consumer.NextAsync(3);

        received.Select(delivery => delivery.Queue).Should().BeEquivalentTo(queues.Select(queue => queue.Name));
    }

    [SkippableFact]
    public async Task Consume_MessagesPublishedBefore_AreDelivered()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 3);

        var received = await (await ConsumeAsync(10, queue)).NextAsync(3);

        received.Select(delivery => delivery.Message.Id).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Settle_Acknowledge_ForgetsTheMessage()
    {
        var queue = NewQueue();
        await PublishAsync(queue);
        var consumer = await ConsumeAsync(1, queue);

        await consumer.TakeAsync();
        await consumer.DisposeAsync();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Settle_Requeue_DeliversAgainAndSaysSo()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue);
        var consumer = await ConsumeAsync(1, queue);

        var first = await consumer.NextAsync();
        await consumer.SettleAsync(first, Settlement.Requeue, CancellationToken.None).Within();
        var second = await consumer.TakeAsync();

        first.IsRedelivered.Should().BeFalse();
        second.IsRedelivered.Should().BeTrue();
        second.Message.Id.Should().Be(sent.Id);
        second.Message.Body.ToArray().Should().Equal(TestMessages.EmptyBody);
    }

    [SkippableFact]
    public async Task Settle_RequeuedTwiceThenAcknowledged_IsGone()
    {
        var queue = NewQueue();
        await PublishAsync(queue);
        var consumer = await ConsumeAsync(1, queue);

        for (var i = 0; i < 2; i++) await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Requeue, CancellationToken.None).Within();
        await consumer.TakeAsync();
        await consumer.DisposeAsync();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Settle_RejectWithoutDeadLetter_DropsTheMessage()
    {
        var queue = NewQueue();
        await PublishAsync(queue);
        var consumer = await ConsumeAsync(1, queue);

        await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Reject, CancellationToken.None).Within();
        await consumer.DisposeAsync();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Settle_RejectWithDeadLetter_MovesTheMessage()
    {
        Skip.IfNot(DeadLetters, "This broker has no dead-letter exchanges.");
        var dead = NewQueue();
        var queue = NewQueue().WithDeadLetter("", dead.Name);
        await Broker.DeclareAsync(dead, CancellationToken.None).Within();
        var consumer = await ConsumeAsync(1, queue);
        var sent = await PublishAsync(queue);

        await consumer.SettleAsync(await consumer.NextAsync(), Settlement.Reject, CancellationToken.None).Within();
        var moved = await (await ConsumeAsync(1, dead)).TakeAsync();

        moved.Message.Id.Should().Be(sent.Id);
        moved.Message.Body.ToArray().Should().Equal(TestMessages.EmptyBody);
        moved.Queue.Should().Be(dead.Name);
    }

    [SkippableFact]
    public async Task Settle_InAnyOrder_EndsEachDelivery()
    {
        const int Count = 50;
        var queue = NewQueue();
        await PublishAsync(queue, Count);
        var consumer = await ConsumeAsync(Count, queue);
        var held = await consumer.NextAsync(Count);

        new Random(4711).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(held));
        await Task.WhenAll(held.Select(delivery => AcknowledgeAsync(consumer, delivery)));
        await consumer.DisposeAsync();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Settle_AfterDispose_IsDropped()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue);
        var consumer = await ConsumeAsync(1, queue);
        var delivery = await consumer.NextAsync();
        await consumer.DisposeAsync();

        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();

        (await (await ConsumeAsync(1, queue)).TakeAsync()).Message.Id.Should().Be(sent.Id, "disposing had returned it already");
    }

    [SkippableFact]
    public async Task Prefetch_Reached_LeavesTheRestToOthers()
    {
        var queue = NewQueue();
        var busy = await ConsumeAsync(2, queue);
        var sent = await PublishAsync(queue, 5);
        var held = await busy.NextAsync(2);

        var idle = await ConsumeAsync(10, queue);
        var rest = await idle.NextAsync(3);

        held.Concat(rest).Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent);
    }

    [SkippableFact]
    public async Task Prefetch_DeliverySettled_MakesRoomForTheNext()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var sent = await PublishAsync(queue, 10);

        var received = new List<string?>();
        for (var i = 0; i < 10; i++) received.Add((await consumer.TakeAsync()).Message.Id);

        received.Should().Equal(sent);
    }

    [SkippableFact]
    public async Task SetPrefetch_Raised_DeliversMore()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue, 4);
        await consumer.NextAsync();

        await consumer.SetPrefetchAsync(4, CancellationToken.None).Within();
        var more = await consumer.NextAsync(3);

        more.Should().HaveCount(3);
    }

    [SkippableFact]
    public async Task SetPrefetch_Lowered_TakesNoMoreThanThat()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(4, queue);
        await PublishAsync(queue, 4);
        var held = await consumer.NextAsync(4);

        await consumer.SetPrefetchAsync(2, CancellationToken.None).Within();
        foreach (var delivery in held.Take(2)) await AcknowledgeAsync(consumer, delivery); // two are still held: full
        var later = await PublishAsync(queue, 2);
        var other = await (await ConsumeAsync(10, queue)).NextAsync(2);

        other.Select(delivery => delivery.Message.Id).Should().Equal(later);
    }

    [SkippableFact]
    public async Task Dispose_WithUnsettledDeliveries_ReturnsThemToAnother()
    {
        var queue = NewQueue();
        var first = await ConsumeAsync(3, queue);
        var sent = await PublishAsync(queue, 5);
        var read = await first.NextAsync();

        await first.DisposeAsync().AsTask().Within();
        var received = await (await ConsumeAsync(10, queue)).NextAsync(5);

        received.Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent);
        received.Single(delivery => delivery.Message.Id == read.Message.Id).IsRedelivered.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Dispose_Consumer_CompletesTheReader()
    {
        var consumer = await ConsumeAsync(1, NewQueue());

        await consumer.DisposeAsync().AsTask().Within();
        await consumer.DisposeAsync().AsTask().Within();

        await consumer.Deliveries.Completion.Within();
    }

    [SkippableFact]
    public async Task Stop_WithUnreadDeliveries_ReturnsThemAndCompletesTheReader()
    {
        var queue = NewQueue();
        var stopping = await ConsumeAsync(5, queue);
        var sent = await PublishAsync(queue, 5);
        var read = await stopping.NextAsync();

        await stopping.StopAsync(CancellationToken.None).Within();
        await stopping.Deliveries.Completion.Within();
        var returned = await (await ConsumeAsync(10, queue)).NextAsync(4);

        returned.Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent.Where(id => id != read.Message.Id));
    }

    [SkippableFact]
    public async Task Stop_DeliveryThatWasRead_CanStillBeAcknowledged()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);
        var read = await consumer.NextAsync();

        await consumer.StopAsync(CancellationToken.None).Within();
        var wasCurrent = consumer.IsCurrent(read);
        await AcknowledgeAsync(consumer, read);
        await consumer.DisposeAsync();

        wasCurrent.Should().BeTrue();
        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Stop_WhileDeliveriesAreAcknowledged_DeliversNoneAgain()
    {
        const int Count = 200;
        var queue = NewQueue();
        await PublishAsync(queue, Count);
        var consumer = await ConsumeAsync(Count, queue);
        var deliveries = await consumer.NextAsync(Count);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var acknowledging = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
            {
                if (i == Count / 2) half.SetResult();
                await AcknowledgeAsync(consumer, deliveries[i]);
                await Task.Yield();
            }
        });

        await half.Task.Within();
        await consumer.StopAsync(CancellationToken.None).Within();
        await acknowledging.Within();
        await consumer.DisposeAsync();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Stop_DeliveryThatWasRead_CanStillBeRequeued()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var sent = await PublishAsync(queue);
        var read = await consumer.NextAsync();

        await consumer.StopAsync(CancellationToken.None).Within();
        await consumer.SettleAsync(read, Settlement.Requeue, CancellationToken.None).Within();
        var again = await (await ConsumeAsync(1, queue)).TakeAsync();

        again.Message.Id.Should().Be(sent.Id);
        again.IsRedelivered.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Stop_Stopped_LeavesNewMessagesToOthers()
    {
        var queue = NewQueue();
        var stopped = await ConsumeAsync(10, queue);
        await stopped.StopAsync(CancellationToken.None).Within();

        var sent = await PublishAsync(queue, 3);
        var received = await (await ConsumeAsync(10, queue)).NextAsync(3);

        received.Select(delivery => delivery.Message.Id).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Consume_TwoConsumers_ShareWithoutDuplicates()
    {
        const int Count = 200;
        var queue = NewQueue();
        var received = new ConcurrentQueue<string>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumers = new[] { await ConsumeAsync(10, queue), await ConsumeAsync(10, queue) };
        var loops = consumers.Select(consumer => Task.Run(async () =>
        {
            await foreach (var delivery in consumer.Deliveries.ReadAllAsync())
            {
                received.Enqueue(delivery.Message.Id!);
                await AcknowledgeAsync(consumer, delivery);
                if (received.Count >= Count) all.TrySetResult();
            }
        })).ToArray();

        var sent = await PublishAsync(queue, Count);
        await all.Task.Within();
        foreach (var consumer in consumers) await consumer.StopAsync(CancellationToken.None).Within();
        await Task.WhenAll(loops).Within();

        received.Should().BeEquivalentTo(sent);
    }

    [SkippableFact]
    public async Task Consume_ConsumerRestarted_GoesOnWhereTheFirstStopped()
    {
        var queue = NewQueue();
        var sent = await PublishAsync(queue, 4);
        var first = await ConsumeAsync(1, queue);
        var received = new List<string?> { (await first.TakeAsync()).Message.Id };

        await first.StopAsync(CancellationToken.None).Within();
        await first.DisposeAsync().AsTask().Within();
        var second = await ConsumeAsync(1, queue);
        for (var i = 0; i < 3; i++) received.Add((await second.TakeAsync()).Message.Id);

        received.Should().BeEquivalentTo(sent);
    }

    [SkippableFact]
    public async Task IsCurrent_WhileTheConsumerHoldsIt_IsTrueAndFalseAfterDispose()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);
        var delivery = await consumer.NextAsync();

        var held = consumer.IsCurrent(delivery);
        await consumer.DisposeAsync().AsTask().Within();

        held.Should().BeTrue();
        consumer.IsCurrent(delivery).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Status_AfterADelivery_TellsIt()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        await PublishAsync(queue);
        await consumer.TakeAsync();

        var status = consumer.Status;

        status.IsConnected.Should().BeTrue();
        status.Generation.Should().Be(1);
        status.LastDelivery.Should().NotBeNull();
        status.StaleSettlements.Should().Be(0);
    }
}
