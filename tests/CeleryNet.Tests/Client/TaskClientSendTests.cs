using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class TaskClientSendTests
{
    [Fact]
    public async Task Enqueue_ReturnsHandleOfTheSentTask()
    {
        await using var host = new ClientHost();

        var handle = await host.Client.EnqueueAsync(Calls.Add(2, 3));

        handle.Id.Should().Be(host.Broker.Only.Message.Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Enqueue_CountdownThatIsOver_HasNoEta(int seconds)
    {
        await using var host = new ClientHost();

        await host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.Countdown = TimeSpan.FromSeconds(seconds));

        host.Broker.Only.Message.Eta.Should().BeNull();
    }

    [Fact]
    public async Task Enqueue_ExpiryInThePast_ExpiresAtTheBrokerAtOnce()
    {
        await using var host = new ClientHost();

        await host.Client.EnqueueAsync(Calls.Add(2, 3), o => (o.ExpiresAt, o.ExpireAtBroker) = (host.Time.GetUtcNow() - TimeSpan.FromSeconds(1), true));

        host.Broker.Only.Message.Expiration.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task Enqueue_WithExpiry_IsLeftToTheWorkerUnlessAskedOtherwise()
    {
        await using var host = new ClientHost();

        await host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.Expires = TimeSpan.FromMinutes(1));

        host.Broker.Only.Message.Expires.Should().Be(host.Time.GetUtcNow() + TimeSpan.FromMinutes(1));
        host.Broker.Only.Message.Expiration.Should().BeNull("an expired task is to end as REVOKED, which only a worker can store");
    }

    [Fact]
    public async Task Enqueue_ExpiryLongerThanTheBrokerTakes_IsLeftToTheHeader()
    {
        await using var host = new ClientHost();

        await host.Client.EnqueueAsync(Calls.Add(2, 3), o => (o.Expires, o.ExpireAtBroker) = (TimeSpan.FromDays(5000), true));

        host.Broker.Only.Message.Expiration.Should().BeNull();
        host.Broker.Only.Message.Expires.Should().Be(host.Time.GetUtcNow() + TimeSpan.FromDays(5000));
    }

    [Fact]
    public async Task Enqueue_ManyTimes_OpensTheReplyQueueOnce()
    {
        await using var host = new ClientHost();
        host.Results.ReplyQueue = () => "replies";

        await host.Client.EnqueueAsync(Calls.Add(1, 1));
        await host.Client.EnqueueAsync(Calls.Add(2, 2));
        await host.Client.EnqueueManyAsync([Calls.Add(3, 3)]);

        host.Results.ReplyQueueCalls.Should().Be(1);
        host.Broker.Published.Select(sent => sent.Message.ReplyTo).Should().Equal("replies", "replies", "replies");
    }

    [Fact]
    public async Task Enqueue_AfterReplyQueueFailed_TriesAgain()
    {
        await using var host = new ClientHost();
        host.Results.ReplyQueue = () => throw new BrokerUnavailableException("CN4003", "down");
        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(1, 1))).Should().ThrowAsync<BrokerUnavailableException>();
        host.Results.ReplyQueue = () => null;

        await host.Client.EnqueueAsync(Calls.Add(2, 2));

        host.Broker.Only.Message.ReplyTo.Should().BeNull();
    }

    [Fact]
    public async Task Enqueue_WhenBrokerRefuses_Throws()
    {
        await using var host = new ClientHost();
        host.Broker.Failure = _ => new PublishException("no queue", ["id"], mayHaveBeenTaken: false);

        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(2, 3))).Should().ThrowAsync<PublishException>();
    }

    [Fact]
    public async Task Enqueue_InsideATask_NamesParentAndRoot()
    {
        await using var host = new ClientHost();
        using var cancellation = new TaskCancellation();
        CurrentTask.Context = new TaskContext(new TaskMessage { Id = "parent", RootId = "root" }, "celery", "worker@host", false, cancellation);

        await host.Client.EnqueueAsync(Calls.Add(2, 3));

        host.Broker.Only.Message.ParentId.Should().Be("parent");
        host.Broker.Only.Message.RootId.Should().Be("root");
    }

    [Fact]
    public async Task EnqueueMany_ThousandsOfTasks_SendsThemInOrderInBoundedBatches()
    {
        await using var host = new ClientHost();

        var handles = await host.Client.EnqueueManyAsync(Enumerable.Range(0, 2500).Select(i => Calls.Add(i, i)));

        host.Broker.Batches.Should().Equal(1000, 1000, 500);
        handles.Select(handle => handle.Id).Should().Equal(host.Broker.Published.Select(sent => sent.Message.Id));
        host.Broker.Published.Select(sent => sent.Message.ArgsRepr).Should().Equal(Enumerable.Range(0, 2500).Select(i => $"({i}, {i})"));
        for (var i = 0; i < 2500; i++)
            System.Text.Encoding.UTF8.GetString(host.Broker.Published[i].Message.Body.Span).Should().StartWith($"[[{i},{i}],{{}},");
    }

    [Fact]
    public async Task EnqueueMany_LargeBodies_StartsABatchEarlier()
    {
        await using var host = new ClientHost();
        var large = new Signature(new TaskDefinition("t"), new UntypedArguments([new string('x', 3_000_000)], null));

        await host.Client.EnqueueManyAsync(Enumerable.Repeat(large, 4));

        host.Broker.Batches.Should().Equal(3, 1);
    }

    [Fact]
    public async Task EnqueueMany_CompressedAndPlainTogether_KeepTheirBodies()
    {
        await using var host = new ClientHost();
        var text = string.Join(' ', Enumerable.Range(0, 200));
        var plain = new Signature(new TaskDefinition("t"), new UntypedArguments([text], null));

        await host.Client.EnqueueManyAsync([plain, plain.With(o => o.Compression = "brotli"), plain]);

        foreach (var (message, _) in host.Broker.Published)
            TaskBody.Read(message, host.Wire).Arguments.ToArray().Should().Equal(System.Text.Encoding.UTF8.GetBytes($"[\"{text}\"]"));
        host.Broker.Published.Select(sent => sent.Message.Compression).Should().Equal(null, "application/x-brotli", null);
    }

    [Fact]
    public async Task EnqueueMany_Nothing_SendsNothing()
    {
        await using var host = new ClientHost();

        (await host.Client.EnqueueManyAsync(Array.Empty<Signature>())).Should().BeEmpty();

        host.Broker.Batches.Should().BeEmpty();
    }

    [Fact]
    public async Task EnqueueMany_InvalidCallInFirstBatch_SendsNothing()
    {
        await using var host = new ClientHost();

        var act = () => host.Client.EnqueueManyAsync([Calls.Add(1, 1), Calls.Add(2, 2).With(o => o.Priority = 300)]);

        await act.Should().ThrowAsync<MessageFormatException>();
        host.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task EnqueueMany_FailureAfterSomeBatches_SaysHowManyWereTaken()
    {
        await using var host = new ClientHost();
        host.Broker.Failure = published => published >= 1000 ? new PublishException("the broker is gone", ["x"], mayHaveBeenTaken: true) : null;

        var act = () => host.Client.EnqueueManyAsync(Enumerable.Range(0, 1500).Select(i => Calls.Add(i, i)));

        var error = (await act.Should().ThrowAsync<PublishException>().WithMessage("The first 1000 tasks of the sequence were taken*the broker is gone*")).Which;
        error.MayHaveBeenTaken.Should().BeTrue();
        error.TaskIds.Should().Equal("x");
    }

    [Fact]
    public async Task Enqueue_WithDisabledResults_SendsAndRefusesToWait()
    {
        await using var host = new ClientHost(queue => queue.UseResults("disabled://"));

        var handle = await host.Client.EnqueueAsync(Calls.Add(2, 3));

        var error = (await FluentActions.Awaiting(() => handle.GetAsync()).Should().ThrowAsync<TaskQueueException>()).Which;
        error.Code.Should().Be("CN4002");
        error.Message.Should().Contain("UseResults");
        await FluentActions.Awaiting(() => handle.GetStateAsync()).Should().ThrowAsync<TaskQueueException>().WithMessage("*[CN4002]");
        await handle.ForgetAsync();
    }

    [Fact]
    public async Task Enqueue_Once_AllocatesLittle()
    {
        await using var host = new ClientHost(queue => queue.UseBroker(_ => new SilentBroker()));
        var call = Calls.Add(2, 3);
        for (var i = 0; i < 200; i++) await host.Client.EnqueueAsync(call);

        var isSynchronous = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) isSynchronous &= host.Client.EnqueueAsync(call).IsCompletedSuccessfully;
        var perCall = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;

        isSynchronous.Should().BeTrue("all must run on this thread, or the number means nothing");
        perCall.Should().BeLessThan(2000, "message, id, two display texts, handle and task; {0} bytes were measured", perCall);
    }

    private sealed class SilentBroker : IBroker
    {
        public string Address => "silent://";

        public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken) => default;

        public ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken) => default;

        public ValueTask DeclareAsync(QueueDefinition queue, CancellationToken cancellationToken) => default;

        public ValueTask<IBrokerConsumer> ConsumeAsync(ConsumerSettings settings, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask PingAsync(CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
