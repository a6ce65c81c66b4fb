using CeleryNet.Contracts;
using CeleryNet.Scheduling;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Scheduling;

/// <summary>What is promised of schedule stores, on a real RabbitMQ.</summary>
public sealed class RabbitMQScheduleStoreTests : ScheduleStoreContract
{
    private static readonly DateTimeOffset Since = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    private string Queue => $"celerynet.schedule.{Beat}";

    [SkippableFact]
    public async Task Queue_AfterManySaves_HoldsFewMessagesAndAllProgress()
    {
        var store = Open();
        await store.SaveAsync(Beat, [Entry("a"), Entry("b")], CancellationToken.None).Within();

        for (var run = 1; run <= 450; run++) await store.SaveProgressAsync(Beat, [Progress(run % 2 == 0 ? "a" : "b", run)], CancellationToken.None).Within();

        await using var raw = await RawServer.ConnectAsync();
        (await raw.Channel.MessageCountAsync(Queue)).Should().BeLessThan(120);
        (await raw.Channel.BasicGetAsync(Queue, autoAck: false))!.BasicProperties.DeliveryMode.Should().Be(DeliveryModes.Persistent);
        await raw.Channel.CloseAsync(); // which puts it back
        (await Open().LoadAsync(Beat, CancellationToken.None).Within()).Progress.Should().BeEquivalentTo([Progress("a", 450), Progress("b", 449)]);
    }

    [SkippableFact]
    public async Task Changes_OfSeveralAtOnce_AreAllKept()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        await Task.WhenAll(stores.SelectMany((store, i) => Enumerable.Range(0, 10).Select(j => store.SaveAsync(Beat, [Entry($"{i}-{j}")], CancellationToken.None).AsTask()))).WaitAsync(TimeSpan.FromSeconds(60));

        (await Open().LoadAsync(Beat, CancellationToken.None).Within()).Entries.Should().HaveCount(40);
    }

    [SkippableFact]
    public async Task Progress_SavedWhileTheQueueIsHeld_IsKept()
    {
        var (store, other) = (Open(), Open());
        await store.SaveAsync(Beat, [Entry("a")], CancellationToken.None).Within();
        await using var raw = await RawServer.ConnectAsync();
        var holder = new AsyncDefaultBasicConsumerOf(raw.Channel);
        var tag = await raw.Channel.BasicConsumeAsync(Queue, autoAck: false, "", noLocal: false, exclusive: true, null, holder);

        await store.SaveProgressAsync(Beat, [Progress("a", 1)], CancellationToken.None).Within();
        var save = other.SaveAsync(Beat, [Entry("b")], CancellationToken.None).AsTask();
        await Eventually.IsTrueAsync(() => holder.Count == 2);
        var isDoneWhileHeld = save.IsCompleted;
        await raw.Channel.CloseAsync();
        await save.Within();

        isDoneWhileHeld.Should().BeFalse();
        var schedule = await Open().LoadAsync(Beat, CancellationToken.None).Within();
        schedule.Entries.Select(entry => entry.Name).Should().Equal("a", "b");
        schedule.Progress.Should().Equal(Progress("a", 1));
        tag.Should().NotBeEmpty();
    }

    [SkippableFact]
    public async Task Load_AfterADeathBetweenWritingAndTakingAway_HasTheLaterSchedule()
    {
        // What is left then: the former schedule and what was sent since, the next one, and a mark of the one that died.
        var store = Open();
        await store.SaveAsync(Beat, [Entry("a")], CancellationToken.None).Within();
        await store.SaveProgressAsync(Beat, [Progress("a", 3)], CancellationToken.None).Within();
        var next = StoredScheduleJson.Write(new StoredSchedule(2, [Entry("a"), Entry("b")], [Progress("a", 3)]));
        await using var raw = await RawServer.ConnectAsync();
        await raw.Channel.BasicPublishAsync("", Queue, false, new BasicProperties { Type = "mark", MessageId = "dead" }, ReadOnlyMemory<byte>.Empty);
        await raw.Channel.BasicPublishAsync("", Queue, false, new BasicProperties { Type = "schedule", MessageId = "2", DeliveryMode = DeliveryModes.Persistent }, next);
        await Eventually.IsTrueAsync(async () => await raw.Channel.MessageCountAsync(Queue) == 4);

        var found = await Open().LoadAsync(Beat, CancellationToken.None).Within();
        await store.SaveAsync(Beat, [Entry("c")], CancellationToken.None).Within();

        found.Entries.Select(entry => entry.Name).Should().Equal("a", "b");
        found.Progress.Should().Equal(Progress("a", 3));
        (await raw.Channel.MessageCountAsync(Queue)).Should().Be(1, "one message in the place of all");
        (await store.LoadAsync(Beat, CancellationToken.None).Within()).Entries.Select(entry => entry.Name).Should().Equal("a", "b", "c");
    }

    [SkippableFact]
    public async Task Version_AfterAThousandChanges_CountsAnew()
    {
        var store = Open();
        await store.SaveAsync(Beat, [Entry("a")], CancellationToken.None).Within();
        await using var raw = await RawServer.ConnectAsync();
        for (var i = 0; i < 1000; i++) await raw.Channel.BasicPublishAsync("", Queue + ".changes", false, ReadOnlyMemory<byte>.Empty);
        await Eventually.IsTrueAsync(async () => await store.GetVersionAsync(Beat, CancellationToken.None) == 1001);

        await store.SaveAsync(Beat, [Entry("b")], CancellationToken.None).Within();

        (await store.GetVersionAsync(Beat, CancellationToken.None).Within()).Should().Be(1);
    }

    [SkippableFact]
    public async Task Load_OfAStrangersMessage_SaysWhatToDo()
    {
        var store = Open();
        await store.SaveAsync(Beat, [Entry("a")], CancellationToken.None).Within();
        await using var raw = await RawServer.ConnectAsync();
        await raw.Channel.BasicPublishAsync("", Queue, false, new BasicProperties { Type = "schedule", MessageId = "9" }, "{}"u8.ToArray());
        await Eventually.IsTrueAsync(async () => await raw.Channel.MessageCountAsync(Queue) == 2);

        var load = () => store.LoadAsync(Beat, CancellationToken.None).Within();

        (await load.Should().ThrowAsync<BrokerUnavailableException>()).WithMessage($"*{Queue}*no schedule of this version*");
        (await raw.Channel.MessageCountAsync(Queue)).Should().Be(2, "it is left as it is");
    }

    [SkippableFact]
    public async Task Load_WithTheServerAway_SaysSoAndWorksAgainLater()
    {
        var (proxy, url) = Proxied.Start();
        await using var _ = proxy;
        await using var broker = TestBrokers.Create(url);
        IScheduleStore store = broker;
        await store.SaveAsync(Beat, [Entry("a")], CancellationToken.None).Within();

        proxy.Set(TcpProxyMode.Refuse);
        var load = () => store.LoadAsync(Beat, CancellationToken.None).Within();
        await load.Should().ThrowAsync<BrokerUnavailableException>();
        proxy.Set(TcpProxyMode.Pass);

        StoredSchedule? schedule = null;
        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                return (schedule = await store.LoadAsync(Beat, CancellationToken.None).Within()) is not null;
            }
            catch (BrokerUnavailableException)
            {
                return false; // it was told of the end of its connection just now
            }
        });
        schedule!.Entries.Select(entry => entry.Name).Should().Equal("a");
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_RABBITMQ") is null) return;
        await using var raw = await RawServer.ConnectAsync();
        foreach (var queue in new[] { Beat, Beat + ".changes", OtherBeat, OtherBeat + ".changes" }) await raw.Channel.QueueDeleteAsync($"celerynet.schedule.{queue}", ifUnused: false, ifEmpty: false);
    }

    protected override IScheduleStore CreateStore() => TestBrokers.Create();

    private static StoredEntry Entry(string name) => new(name, """{"task":"t"}""", Since, EntryOrigin.Added);

    private static EntryProgress Progress(string name, int runs) => new(name, Since.AddMinutes(runs), Since.AddMinutes(runs), runs);

    private sealed class AsyncDefaultBasicConsumerOf(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }
    }
}
