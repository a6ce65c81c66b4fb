using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests;

/// <summary>What is promised of leading where lease and messages are in one database.</summary>
public abstract class SqlLeaderLeaseContract : LeaderLeaseContract
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [SkippableFact]
    public async Task Term_NotRenewed_EndsAndIsFenced()
    {
        var (former, leader) = (Open(), Open());
        var old = await LeadAsync(former, TimeSpan.FromSeconds(1));

        var term = await LeadAsync(leader); // as soon as the other has ended by itself

        term.Token.Should().BeGreaterThan(old.Token);
        (await RenewAsync(former, old)).Should().BeFalse();
        (await PublishAsync(former, old, TestMessages.New(), Moment)).Should().Be(FencedOutcome.NotLeading);
        (await ((IQueueBrowser)leader).CountAsync(Queue.Name, CancellationToken.None).Within()).Should().Be(0);
    }

    [SkippableFact]
    public async Task PublishFenced_SameOrEarlierMoment_IsSentOnce()
    {
        var broker = Open();
        var term = await LeadAsync(broker);

        var outcomes = new List<FencedOutcome>();
        foreach (var moment in new[] { Moment, Moment, Moment.AddSeconds(-1), Moment.AddSeconds(1) }) outcomes.Add(await PublishAsync(broker, term, TestMessages.New(), moment));
        outcomes.Add(await PublishAsync(broker, term, TestMessages.New(), Moment, "another entry"));

        outcomes.Should().Equal(FencedOutcome.Sent, FencedOutcome.SentBefore, FencedOutcome.SentBefore, FencedOutcome.Sent, FencedOutcome.Sent);
        (await ((IQueueBrowser)broker).CountAsync(Queue.Name, CancellationToken.None).Within()).Should().Be(3);
    }

    [SkippableFact]
    public async Task PublishFenced_AfterAMomentFarAhead_IsSent()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        await PublishAsync(broker, term, TestMessages.New(), DateTimeOffset.UtcNow.AddYears(1)); // by a clock that was wrong

        var outcome = await PublishAsync(broker, term, TestMessages.New(), Moment);

        outcome.Should().Be(FencedOutcome.Sent);
    }

    [SkippableFact]
    public async Task PublishFenced_QueueOfLimitedLength_DropsTheOldest()
    {
        var broker = Open();
        var term = await LeadAsync(broker);
        var queue = Queue.WithArgument("x-max-length", 2L);
        var messages = Enumerable.Range(0, 4).Select(_ => TestMessages.New()).ToList();

        for (var i = 0; i < messages.Count; i++)
            await ((IFencedPublisher)broker).PublishFencedAsync(term, new FencedMessage(messages[i], Route.To(queue), "entry", Moment.AddSeconds(i)), CancellationToken.None).Within();

        var left = await ((IQueueBrowser)broker).PeekAsync(Queue.Name, 10, CancellationToken.None).Within();
        left.Select(delivery => delivery.Message.Id).Should().Equal(messages[2].Id, messages[3].Id);
    }
}
