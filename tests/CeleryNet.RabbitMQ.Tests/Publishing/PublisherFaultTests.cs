using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Publishing;

public sealed class PublisherFaultTests : IAsyncLifetime
{
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():N}");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null ? Task.CompletedTask : RawServer.DeleteAsync([_queue.Name]);

    [SkippableFact]
    public async Task Publish_NobodyThere_FailsWithinItsTimeoutAndWasNotTaken()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(1));
        var message = TestMessages.New();
        var started = Stopwatch.GetTimestamp();

        var publish = async () => await broker.PublishAsync(message, Route.To(_queue), CancellationToken.None);

        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(2));
        error.MayHaveBeenTaken.Should().BeFalse();
        error.TaskIds.Should().Equal(message.Id!);
        error.Message.Should().Contain("refused").And.Contain($"{proxy.Port}").And.EndWith("[CN1005]");
    }

    [SkippableFact]
    public async Task Publish_BrokerComesBackInTime_IsSent()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        proxy.Set(TcpProxyMode.Refuse);

        var publishing = broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).AsTask();
        proxy.Set(TcpProxyMode.Pass);
        await publishing.Within();

        await AssertCountAsync(2);
    }

    [SkippableFact]
    public async Task Publish_BrokerDoesNotAnswer_FailsAndSaysItMayHaveBeenTaken()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(1));
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        proxy.Set(TcpProxyMode.Pause);

        var publish = async () => await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within(TimeSpan.FromSeconds(3));

        (await publish.Should().ThrowAsync<PublishException>()).Which.MayHaveBeenTaken.Should().BeTrue();
        proxy.Set(TcpProxyMode.Pass);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
    }

    [SkippableFact]
    public async Task Publish_WrittenWhenTheConnectionBreaks_IsSentOnceMoreAndConfirmed()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        proxy.Set(TcpProxyMode.Blackhole); // what is written now never arrives

        var publishing = broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).AsTask();
        await Eventually.IsTrueAsync(() => proxy.Swallowed > 0);
        proxy.Set(TcpProxyMode.Pass); // cuts the connection
        await publishing.Within();

        await AssertCountAsync(2);
    }

    [SkippableFact]
    public async Task Publish_Cancelled_EndsTheWaitAtOnce()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        proxy.Set(TcpProxyMode.Refuse);
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromMinutes(1));
        using var cancel = new CancellationTokenSource();

        var publishing = broker.PublishAsync(TestMessages.New(), Route.To(_queue), cancel.Token).AsTask();
        await cancel.CancelAsync();
        var wait = async () => await publishing.Within(TimeSpan.FromSeconds(1));

        (await wait.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancel.Token);
    }

    [SkippableFact]
    public async Task PublishMany_ConnectionsCutAgainAndAgain_LosesNothingThatWasConfirmed()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(20));

        var confirmed = new List<string>();
        for (var round = 0; round < 40; round++)
        {
            var batch = Enumerable.Range(0, 50).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(_queue))).ToList();
            var failed = new HashSet<string>();
            try
            {
                var publishing = broker.PublishManyAsync(batch, CancellationToken.None);
                if (round % 5 == 4) proxy.Cut();
                await publishing.Within(TimeSpan.FromSeconds(30));
            }
            catch (PublishException error)
            {
                failed = [.. error.TaskIds];
            }

            confirmed.AddRange(batch.Select(sent => sent.Message.Id!).Where(id => !failed.Contains(id)));
        }

        var received = await ReadAllAsync();
        confirmed.Should().NotBeEmpty();
        confirmed.Except(received).Should().BeEmpty("what was confirmed is there");
        proxy.Accepted.Should().Be(9, "the connection was cut while publishing");
    }

    [SkippableFact]
    public async Task Publish_QueueDeletedMeanwhile_IsDeclaredAgain()
    {
        await using var broker = TestBrokers.Create();
        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        await RawServer.DeleteAsync([_queue.Name]);

        await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();

        await AssertCountAsync(1);
    }

    [SkippableFact]
    public async Task Publish_FullQueueRefuses_IsAnErrorAndWasNotTaken()
    {
        await using var broker = TestBrokers.Create();
        var queue = _queue.WithArgument("x-max-length", 1).WithArgument("x-overflow", "reject-publish");
        await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        var publish = async () => await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        error.MayHaveBeenTaken.Should().BeFalse();
        error.Message.Should().Contain("nack");
    }

    [SkippableFact]
    public async Task Publish_UnknownExchange_FailsAloneWithItsName()
    {
        await using var broker = TestBrokers.Create();

        var publish = async () => await broker.PublishAsync(TestMessages.New(), new Route("tests-no-such-exchange", "key", null), CancellationToken.None).Within();

        (await publish.Should().ThrowAsync<PublishException>()).Which.Message.Should().Contain("'tests-no-such-exchange'");
    }

    [SkippableFact]
    public async Task Publish_NoQueueBound_NamesExchangeAndRoutingKey()
    {
        await using var broker = TestBrokers.Create();
        await broker.DeclareAsync(_queue, CancellationToken.None).Within();

        var publish = async () => await broker.PublishAsync(TestMessages.New(), new Route(_queue.Exchange, "no.such.key", null), CancellationToken.None).Within();

        (await publish.Should().ThrowAsync<PublishException>()).Which.Message.Should().Contain($"'{_queue.Exchange}'").And.Contain("'no.such.key'");
    }

    [SkippableFact]
    public async Task Connect_WrongPassword_IsNeverShown()
    {
        var server = ConnectionString.ParseAll(TestServers.RabbitMQ)[0];
        var log = new CollectedLog();
        await using var broker = TestBrokers.Create($"amqp://nobody:S3cr3t!@{server.Host}:{server.Port}/", publishTimeout: TimeSpan.FromSeconds(1), loggers: log);

        var publish = async () => await broker.PublishAsync(TestMessages.New(), Route.To(_queue), CancellationToken.None).Within();
        var consume = async () => await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within();

        var texts = new[] { (await publish.Should().ThrowAsync<PublishException>()).Which.ToString(), (await consume.Should().ThrowAsync<BrokerUnavailableException>()).Which.ToString(), broker.Address };
        texts.Concat(log.Lines).Should().OnlyContain(text => !text.Contains("S3cr3t!", StringComparison.Ordinal));
        log.Lines.Should().Contain(line => line.Contains("nobody:***@", StringComparison.Ordinal));
    }

    private async Task AssertCountAsync(uint count)
    {
        await using var server = await RawServer.ConnectAsync();
        await Eventually.IsTrueAsync(async () => await server.CountAsync(_queue.Name) == count);
    }

    private async Task<HashSet<string>> ReadAllAsync()
    {
        await using var server = await RawServer.ConnectAsync();
        var ids = new HashSet<string>();
        while (await server.Channel.BasicGetAsync(_queue.Name, autoAck: true) is { } got) ids.Add(got.BasicProperties.CorrelationId!);
        return ids;
    }
}
