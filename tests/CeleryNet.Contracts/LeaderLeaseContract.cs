using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every broker promises that is an <see cref="ILeaderLease"/> and an <see cref="IFencedPublisher"/>: one leads, and only what it sends is taken.</summary>
public abstract class LeaderLeaseContract : IAsyncLifetime
{
    /// <summary>Long enough that no slow machine ends a term.</summary>
    protected static readonly TimeSpan Lasting = TimeSpan.FromMinutes(2);

    private static readonly DateTimeOffset Moment = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private readonly List<IBroker> _brokers = [];

    /// <summary>Name of the lead, of the test's own.</summary>
    protected string Name { get; } = $"lead-{Guid.NewGuid():N}";

    /// <summary>A queue of the test's own.</summary>
    protected QueueDefinition Queue { get; } = new($"lead-queue-{Guid.NewGuid():N}");

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var broker in _brokers) await broker.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task Acquire_NobodyLeads_Leads()
    {
        var broker = Open();

        var term = await LeadAsync(broker);

        (term.Name, term.Holder, term.Duration).Should().Be((Name, "me", Lasting));
        (await RenewAsync(broker, term)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Acquire_AnotherLeads_GivesNothing()
    {
        var (leader, other) = (Open(), Open());
        var term = await LeadAsync(leader);

        (await AcquireAsync(other)).Should().BeNull();
        (await AcquireAsync(leader)).Should().BeNull("it leads already, by another term");
        (await AcquireAsync(other, Name + "2")).Should().NotBeNull("another name is another lead");
        (await RenewAsync(leader, term)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Release_LetsAnotherLeadAtOnce()
    {
        var (leader, other) = (Open(), Open());
        var term = await LeadAsync(leader);
        (await AcquireAsync(other)).Should().BeNull();

        await Lease(leader).ReleaseAsync(term, CancellationToken.None).Within();
        var next = await LeadAsync(other);

        (await RenewAsync(leader, term)).Should().BeFalse();
        (await RenewAsync(other, next)).Should().BeTrue();
        await Lease(leader).ReleaseAsync(term, CancellationToken.None).Within();
        (await RenewAsync(other, next)).Should().BeTrue("an old term releases nothing");
    }

    [SkippableFact]
    public async Task Acquire_AfterItsOwnRelease_LeadsByAGreaterToken()
    {
        var broker = Open();
        var first = await LeadAsync(broker);
        await Lease(broker).ReleaseAsync(first, CancellationToken.None).Within();

        var second = await LeadAsync(broker);

        second.Token.Should().BeGreaterThan(first.Token);
        (await RenewAsync(broker, first)).Should().BeFalse();
    }

    [SkippableFact]
    public async Task PublishFenced_ByTheLeader_ArrivesAsAnyMessage()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        var message = TestMessages.New();
        message.Priority = 3;

        var outcome = await PublishAsync(broker, term, message, Moment);

        outcome.Should().Be(FencedOutcome.Sent);
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None);
        var delivery = await consumer.TakeAsync();
        (delivery.Message.Id, delivery.Message.TaskName, delivery.Message.Priority).Should().Be((message.Id, message.TaskName, message.Priority));
        delivery.Message.Body.ToArray().Should().Equal(message.Body.ToArray());
    }

    [SkippableFact]
    public async Task PublishFenced_AfterTheTerm_IsNotTaken()
    {
        var (former, leader) = (Open(), Open());
        var old = await LeadAsync(former);
        await Lease(former).ReleaseAsync(old, CancellationToken.None).Within();
        var term = await LeadAsync(leader);
        var message = TestMessages.New();

        var refused = await PublishAsync(former, old, TestMessages.New(), Moment);
        var taken = await PublishAsync(leader, term, message, Moment);

        (refused, taken).Should().Be((FencedOutcome.NotLeading, FencedOutcome.Sent));
        await using var consumer = await leader.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None);
        (await consumer.TakeAsync()).Message.Id.Should().Be(message.Id, "nothing came before it");
    }

    [SkippableFact]
    public async Task PublishFenced_ManyAtOnce_AllArrive()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        var messages = Enumerable.Range(0, 200).Select(_ => TestMessages.New()).ToList();

        var outcomes = await Task.WhenAll(messages.Select((message, i) => PublishAsync(broker, term, message, Moment, $"subject-{i}")));

        outcomes.Should().OnlyContain(outcome => outcome == FencedOutcome.Sent);
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = 300, NodeName = "celery@tests" }, CancellationToken.None);
        (await consumer.NextAsync(messages.Count)).Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(messages.Select(message => message.Id));
    }

    [SkippableFact]
    public async Task PublishFenced_WithoutAQueue_SaysSo()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        var message = TestMessages.New();
        var route = new Route($"none-{Guid.NewGuid():N}", "key", null);

        var publish = () => ((IFencedPublisher)broker).PublishFencedAsync(term, new FencedMessage(message, route, "entry", Moment), CancellationToken.None).Within();

        (await publish.Should().ThrowAsync<PublishException>()).Which.MayHaveBeenTaken.Should().BeFalse();
        (await RenewAsync(broker, term)).Should().BeTrue("the lead is not lost by a wrong route");
    }

    /// <summary>A broker on the server of this test.</summary>
    protected abstract IBroker CreateBroker();

    /// <summary>A broker that is closed after the test.</summary>
    protected IBroker Open()
    {
        var broker = CreateBroker();
        _brokers.Add(broker);
        return broker;
    }

    /// <summary>Leads; it may take a moment until the server has noticed that the one before is gone.</summary>
    protected async Task<LeaderTerm> LeadAsync(IBroker broker, TimeSpan? duration = null)
    {
        LeaderTerm? term = null;
        await Eventually.IsTrueAsync(async () => (term = await AcquireAsync(broker, duration: duration)) is not null);
        return term!;
    }

    protected Task<LeaderTerm?> AcquireAsync(IBroker broker, string? name = null, TimeSpan? duration = null) =>
        Lease(broker).AcquireAsync(name ?? Name, "me", duration ?? Lasting, CancellationToken.None).Within();

    protected static Task<bool> RenewAsync(IBroker broker, LeaderTerm term) => Lease(broker).RenewAsync(term, CancellationToken.None).Within();

    protected Task<FencedOutcome> PublishAsync(IBroker broker, LeaderTerm term, Messages.TaskMessage message, DateTimeOffset moment, string subject = "entry") =>
        ((IFencedPublisher)broker).PublishFencedAsync(term, new FencedMessage(message, Route.To(Queue), subject, moment), CancellationToken.None).Within();

    private static ILeaderLease Lease(IBroker broker) => (ILeaderLease)broker;
}
