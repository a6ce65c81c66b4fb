using System.Security.Cryptography;
using CeleryNet.Brokers;
using CeleryNet.Messages;

namespace CeleryNet.Contracts;

public abstract partial class BrokerContract
{
    [SkippableFact]
    public async Task Publish_MessageWithEveryField_ArrivesUnchanged()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var sent = TestMessages.Full(KeepsEmptyCollectionsInHeaders);
        sent.Eta = sent.Eta!.Value.AddYears(-10); // a broker may keep what is due later

        await PublishAsync(queue, sent);
        var received = (await consumer.TakeAsync()).Message;

        received.Problem.Should().BeNull();
        received.Body.ToArray().Should().Equal(sent.Body.ToArray());
        received.Should().BeEquivalentTo(sent, options => options.Excluding(message => message.Body).Excluding(message => message.Eta).Excluding(message => message.Expires));
        received.Eta!.Value.UtcTicks.Should().Be(sent.Eta!.Value.UtcTicks, "microseconds travel");
        received.Expires!.Value.UtcTicks.Should().Be(sent.Expires!.Value.UtcTicks, "microseconds travel");
    }

    [SkippableFact]
    public async Task Publish_MessageWithDefaultsOnly_ArrivesUnchanged()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);

        var sent = await PublishAsync(queue);
        var received = (await consumer.TakeAsync()).Message;

        received.Problem.Should().BeNull();
        received.Should().BeEquivalentTo(
            new { sent.Id, sent.TaskName, sent.CorrelationId, Eta = (DateTimeOffset?)null, TimeLimit = (TimeSpan?)null, Priority = 0, IsPersistent = true, Expiration = (TimeSpan?)null, Retries = 0 });
        received.IgnoreResult.Should().NotBe(true);
        received.CustomHeaders.Should().BeNullOrEmpty();
        received.Compression.Should().BeNull();
        received.ReplyTo.Should().BeNullOrEmpty();
    }

    [SkippableFact]
    public async Task Publish_CustomHeadersOfEveryKind_ArriveWithTheirTypes()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var sent = TestMessages.New();
        sent.CustomHeaders = TestMessages.CustomHeaders(KeepsEmptyCollectionsInHeaders);

        await PublishAsync(queue, sent);
        var received = (await consumer.TakeAsync()).Message;

        received.CustomHeaders.Should().BeEquivalentTo(sent.CustomHeaders, options => options.RespectingRuntimeTypes());
        received.CustomHeaders!["small"].Should().BeOfType<long>();
        received.CustomHeaders["half"].Should().BeOfType<double>();
        received.CustomHeaders["list"].Should().BeAssignableTo<IReadOnlyList<object?>>();
        received.CustomHeaders["map"].Should().BeAssignableTo<IReadOnlyDictionary<string, object?>>();
    }

    [SkippableFact]
    public async Task Publish_CompressedBody_ArrivesAsItIs()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var sent = TestMessages.New(body: RandomNumberGenerator.GetBytes(5000));
        sent.Compression = "application/x-brotli";

        await PublishAsync(queue, sent);
        var received = (await consumer.TakeAsync()).Message;

        received.Compression.Should().Be(sent.Compression);
        received.Body.ToArray().Should().Equal(sent.Body.ToArray());
    }

    [SkippableFact]
    public async Task Publish_BodyOfOneMegabyte_ArrivesUnchanged()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);

        await PublishAsync(queue, TestMessages.New(body: body));
        var received = (await consumer.TakeAsync()).Message;

        received.Body.Span.SequenceEqual(body).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Publish_BodyChangedAfterwards_ArrivesAsItWasSent()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(1, queue);
        var body = TestMessages.EmptyBody.ToArray();

        await PublishAsync(queue, TestMessages.New(body: body));
        body.AsSpan().Clear(); // the client's buffers are pooled
        var received = (await consumer.TakeAsync()).Message;

        received.Body.ToArray().Should().Equal(TestMessages.EmptyBody);
    }

    [SkippableFact]
    public async Task Publish_OneByOne_KeepsTheOrder()
    {
        var queue = NewQueue();
        var sent = new List<string>();

        for (var i = 0; i < 20; i++) sent.Add((await PublishAsync(queue)).Id!);
        var consumer = await ConsumeAsync(20, queue);
        var received = await consumer.NextAsync(20);

        received.Select(delivery => delivery.Message.Id).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task PublishMany_Batch_ArrivesWholeAndInOrder()
    {
        var queue = NewQueue();
        var consumer = await ConsumeAsync(300, queue);

        var sent = await PublishAsync(queue, 300);
        var received = await consumer.NextAsync(300);

        received.Select(delivery => delivery.Message.Id).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task PublishMany_SeveralQueues_EachGetsItsOwn()
    {
        var first = NewQueue();
        var second = NewQueue();
        OutgoingMessage[] batch =
        [
            new(TestMessages.New("to.first"), Route.To(first)),
            new(TestMessages.New("to.second"), Route.To(second)),
            new(TestMessages.New("to.first"), Route.To(first)),
        ];

        await Broker.PublishManyAsync(batch, CancellationToken.None).Within();
        var ofFirst = await (await ConsumeAsync(10, first)).NextAsync(2);
        var ofSecond = await (await ConsumeAsync(10, second)).NextAsync();

        ofFirst.Should().OnlyContain(delivery => delivery.Message.TaskName == "to.first");
        ofSecond.Message.TaskName.Should().Be("to.second");
    }

    [SkippableFact]
    public async Task PublishMany_Nothing_IsHarmless() =>
        await Broker.PublishManyAsync([], CancellationToken.None).Within();

    [SkippableFact]
    public async Task Publish_FromManyThreads_LosesAndDoublesNothing()
    {
        const int Publishers = 8, Each = 25;
        var queue = NewQueue();
        var consumer = await ConsumeAsync(Publishers * Each, queue);

        var sent = await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(async () =>
        {
            var ids = new List<string>();
            for (var i = 0; i < Each; i++) ids.Add((await PublishAsync(queue)).Id!);
            return ids;
        }))).Within();
        var received = await consumer.NextAsync(Publishers * Each);

        received.Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent.SelectMany(ids => ids));
    }

    [SkippableFact]
    public async Task Publish_ToUnknownQueue_NamesTheTask()
    {
        Skip.IfNot(KnowsMissingQueues, "This broker makes every queue that is written to.");
        var message = TestMessages.New();
        var broker = Broker; // outside the assertion, which would swallow a skip

        var publish = async () => await broker.PublishAsync(message, new Route("", $"tests-missing-{Guid.NewGuid():N}", null), CancellationToken.None).Within();

        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        error.TaskIds.Should().Equal(message.Id!);
        error.MayHaveBeenTaken.Should().BeFalse();
        error.Message.Should().EndWith("]", "an error ends with its code");
    }

    [SkippableFact]
    public async Task PublishMany_OneToUnknownQueue_NamesItAloneAndSendsTheRest()
    {
        Skip.IfNot(KnowsMissingQueues, "This broker makes every queue that is written to.");
        var queue = NewQueue();
        var lost = TestMessages.New();
        OutgoingMessage[] batch =
        [
            new(TestMessages.New(), Route.To(queue)),
            new(lost, new Route("", $"tests-missing-{Guid.NewGuid():N}", null)),
            new(TestMessages.New(), Route.To(queue)),
        ];

        var broker = Broker; // outside the assertion, which would swallow a skip
        var publish = async () => await broker.PublishManyAsync(batch, CancellationToken.None).Within();

        (await publish.Should().ThrowAsync<PublishException>()).Which.TaskIds.Should().Equal(lost.Id!);
        var received = await (await ConsumeAsync(10, queue)).NextAsync(2);
        received.Select(delivery => delivery.Message.Id).Should().Equal(batch[0].Message.Id, batch[2].Message.Id);
    }

    [SkippableFact]
    public async Task Publish_ByExchangeAndRoutingKey_ReachesTheBoundQueue()
    {
        var queue = NewQueue();
        queue = queue with { Exchange = NewQueue().Name, RoutingKey = "own.key" };
        await Broker.DeclareAsync(queue, CancellationToken.None).Within();
        var message = TestMessages.New();

        await Broker.PublishAsync(message, new Route(queue.Exchange, "own.key", null), CancellationToken.None).Within();
        var delivery = await (await ConsumeAsync(1, queue)).TakeAsync();

        delivery.Message.Id.Should().Be(message.Id);
        delivery.Exchange.Should().Be(queue.Exchange);
        delivery.RoutingKey.Should().Be("own.key");
        delivery.Queue.Should().Be(queue.Name);
    }

    [SkippableFact]
    public async Task Publish_ToTopicExchange_ReachesTheQueuesWhosePatternFits()
    {
        var exchange = NewQueue().Name;
        var one = NewQueue() with { Exchange = exchange, ExchangeType = "topic", RoutingKey = "shop.*" };
        var all = NewQueue() with { Exchange = exchange, ExchangeType = "topic", RoutingKey = "shop.#" };
        await Broker.DeclareAsync(one, CancellationToken.None).Within();
        await Broker.DeclareAsync(all, CancellationToken.None).Within();
        var near = TestMessages.New();
        var far = TestMessages.New();

        await Broker.PublishAsync(far, new Route(exchange, "shop.orders.paid", null), CancellationToken.None).Within();
        await Broker.PublishAsync(near, new Route(exchange, "shop.orders", null), CancellationToken.None).Within();

        (await (await ConsumeAsync(10, one)).NextAsync()).Message.Id.Should().Be(near.Id);
        (await (await ConsumeAsync(10, all)).NextAsync(2)).Select(delivery => delivery.Message.Id).Should().Equal(far.Id, near.Id);
    }

    [SkippableFact]
    public async Task Publish_Cancelled_SaysSo()
    {
        var queue = NewQueue();
        await PublishAsync(queue); // connected and declared

        var publish = async () => await Broker.PublishAsync(TestMessages.New(), Route.To(queue), new CancellationToken(canceled: true)).Within();

        await publish.Should().ThrowAsync<OperationCanceledException>();
    }

    [SkippableFact]
    public async Task Publish_AfterDispose_ThrowsAtOnce()
    {
        var queue = NewQueue();
        await PublishAsync(queue);
        await Broker.DisposeAsync().AsTask().Within();

        var publish = async () => await Broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within(TimeSpan.FromSeconds(2));

        (await publish.Should().ThrowAsync<Exception>()).Which.Should().Match(error => error is ObjectDisposedException || error is PublishException);
    }

    [SkippableFact]
    public async Task Dispose_Twice_IsHarmless()
    {
        await Broker.PingAsync(CancellationToken.None).Within();

        await Broker.DisposeAsync().AsTask().Within();
        await Broker.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task Declare_Repeated_IsHarmless()
    {
        var queue = NewQueue();

        await Broker.DeclareAsync(queue, CancellationToken.None).Within();
        await Broker.DeclareAsync(queue with { }, CancellationToken.None).Within();

        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Declare_WithOtherArguments_IsRefusedAndTheBrokerStaysUsable()
    {
        Skip.IfNot(KnowsQueueArguments, "This broker's queues have no arguments.");
        var queue = NewQueue();
        await Broker.DeclareAsync(queue, CancellationToken.None).Within();

        var declare = async () => await Broker.DeclareAsync(queue.WithMaxPriority(10), CancellationToken.None).Within();

        (await declare.Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Message.Should().Contain(queue.Name);
        await AssertEmptyAsync(queue);
    }

    [SkippableFact]
    public async Task Ping_BrokerIsThere_Returns() => await Broker.PingAsync(CancellationToken.None).Within();

    [SkippableFact]
    public void Address_Always_IsShownWithoutPassword() =>
        Broker.Address.Should().NotBeNullOrEmpty().And.NotContain("guest:guest");
}
