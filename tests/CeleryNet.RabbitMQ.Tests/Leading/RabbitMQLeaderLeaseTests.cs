using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Leading;

/// <summary>What is promised of leading, on a real RabbitMQ.</summary>
public sealed class RabbitMQLeaderLeaseTests : LeaderLeaseContract
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5); // a heartbeat of 1 s
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override IBroker CreateBroker() => TestBrokers.Create();

    [SkippableFact]
    public async Task Leader_WhoseMachineHangs_IsReplacedAndFenced()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var former = TestBrokers.Create(url);
        var leader = Open();
        var old = await LeadAsync(former, Short);
        await PublishAsync(former, old, TestMessages.New(), Moment);

        proxy.Set(TcpProxyMode.Pause);
        LeaderTerm? term = null;
        await Eventually.IsTrueAsync(async () => (term = await AcquireAsync(leader, duration: Short)) is not null, Patience);
        var late = () => PublishAsync(former, old, TestMessages.New(), Moment.AddSeconds(1));
        proxy.Set(TcpProxyMode.Pass);

        // It may have noticed by itself, or it notices now.
        try
        {
            (await late()).Should().Be(FencedOutcome.NotLeading);
        }
        catch (PublishException)
        {
            // the connection was lost under the send
        }

        (await PublishAsync(leader, term!, TestMessages.New(), Moment.AddSeconds(2))).Should().Be(FencedOutcome.Sent);
        (await ((IQueueBrowser)leader).CountAsync(Queue.Name, CancellationToken.None).Within()).Should().Be(2, "what was sent on the connection that no longer leads is not taken");
        (await RenewAsync(former, old)).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Queue_OfTheLead_Deleted_EndsTheTerm()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        await using var raw = await RawServer.ConnectAsync();

        await raw.Channel.QueueDeleteAsync($"celerynet.lead.{Name}", ifUnused: false, ifEmpty: false);

        await Eventually.IsTrueAsync(async () => !await RenewAsync(broker, term));
        (await RenewAsync(broker, await LeadAsync(broker))).Should().BeTrue("it leads again, by a queue that was made anew");
    }

    [SkippableFact]
    public async Task PublishFenced_QueueDeletedSince_DeclaresItAnew()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        await PublishAsync(broker, term, TestMessages.New(), Moment);
        await using var raw = await RawServer.ConnectAsync();
        await raw.Channel.QueueDeleteAsync(Queue.Name, ifUnused: false, ifEmpty: false);

        var outcome = await PublishAsync(broker, term, TestMessages.New(), Moment.AddSeconds(1));

        outcome.Should().Be(FencedOutcome.Sent);
        (await ((IQueueBrowser)broker).CountAsync(Queue.Name, CancellationToken.None).Within()).Should().Be(1);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null) return;
        await using var raw = await RawServer.ConnectAsync();
        await raw.Channel.QueueDeleteAsync(Queue.Name, ifUnused: false, ifEmpty: false);
    }
}
