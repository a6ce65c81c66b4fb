using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Scheduling;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Tests.Scheduling;

/// <summary>What a beat sends goes the way of the client: through its filters, and with the keys of unique tasks.</summary>
public sealed class BeatSendTests
{
    private static readonly ISchedule EveryTenSeconds = Schedule.Every(TimeSpan.FromSeconds(10), DateTimeOffset.UnixEpoch);

    private static readonly TaskDefinition Unique = new("unique", null, new TaskConditions(static (in TaskBody _, WireOptions _) => ["a"]) { Unique = new UniqueRule { For = TimeSpan.FromHours(1) } });

    [Fact]
    public async Task Entry_WithAClientFilter_PassesItAndKeepsItsId()
    {
        var filter = new Filter((sending, next) =>
        {
            sending.Options.Headers["tenant"] = "blue";
            sending.Options.TaskId = "mine";
            sending.Options.Priority = 4;
            return next();
        });
        await using var beat = await StartAsync(filter, options => options.Add("sum", EveryTenSeconds, Calls.Add(2, 3)));

        var message = (await beat.NextAsync()).Message;

        message.Id.Should().Be(RunId.Of("beat", "sum", BeatFixture.Start.AddSeconds(10)));
        (message.CustomHeaders!["tenant"], message.Priority, message.CustomHeaders[TaskHeaders.PeriodicTaskName]).Should().Be(("blue", (byte)4, "sum"));
        filter.Handles.Should().Equal(message.Id);
    }

    [Fact]
    public async Task Entry_ThatAFilterRefuses_LeavesOutThatMomentAndNothingElse()
    {
        var refused = 0;
        var filter = new Filter((sending, next) => sending.Name == "other" || ++refused > 2 ? next() : throw new InvalidOperationException("not now"));
        await using var beat = await StartAsync(filter, options => options.Add("a", EveryTenSeconds, Calls.Named("picky")).Add("b", EveryTenSeconds, Calls.Named("other")));

        var names = new List<string?>();
        while (!names.Contains("picky")) names.Add((await beat.NextAsync()).Message.TaskName);
        var runs = (await beat.Schedule.ListAsync())[0].TotalRuns;

        (names.Count(name => name == "other"), refused, runs).Should().Match<(int Others, int Refused, long Runs)>(seen => seen.Others >= 2 && seen.Refused == 3 && seen.Runs <= 1);
    }

    [Fact]
    public async Task Entry_WithAFilterThatFailsAfterIt_CountsAsSent()
    {
        var filter = new Filter(async (_, next) =>
        {
            await next();
            throw new InvalidOperationException("afterwards");
        });
        await using var beat = await StartAsync(filter, options => options.Add(new BeatEntry("sum", EveryTenSeconds, Calls.Add(2, 3)) { Misfire = MisfirePolicy.CatchUp }));

        var ids = new[] { (await beat.NextAsync()).Message.Id, (await beat.NextAsync()).Message.Id };

        ids.Should().Equal(RunId.Of("beat", "sum", BeatFixture.Start.AddSeconds(10)), RunId.Of("beat", "sum", BeatFixture.Start.AddSeconds(20)));
    }

    [Fact]
    public async Task Entry_Unique_WhoseKeyIsTaken_IsLeftOutAndIsNoRun()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("unique", EveryTenSeconds, new Signature(Unique, TaskArguments.None)));
        var first = (await beat.NextAsync()).Message;

        BeatEntryStatus? status = null;
        await beat.UntilAsync(() => (status = beat.Schedule.ListAsync().GetAwaiter().GetResult()[0]).LastRun > BeatFixture.Start.AddSeconds(30));
        var meanwhile = beat.Rest();
        await ReleaseAsync(beat, first);
        var next = (await beat.NextAsync()).Message;

        meanwhile.Should().BeEmpty();
        status!.TotalRuns.Should().Be(1);
        UniqueMark.Read(first).Should().NotBeNull();
        next.Id.Should().NotBe(first.Id);
    }

    [Fact]
    public async Task Send_OfAUniqueTask_AgainUnderItsId_IsNoDuplicateOfItself()
    {
        await using var beat = await BeatFixture.StartAsync();
        await beat.StopAsync();
        var (sender, entry) = (SenderOf(beat, fenced: false), new BeatEntry("unique", EveryTenSeconds, new Signature(Unique, TaskArguments.None)));

        var first = await sender.SendAsync(Term, entry, BeatFixture.Start, CancellationToken.None);
        var again = await sender.SendAsync(Term, entry, BeatFixture.Start, CancellationToken.None);
        var later = await sender.SendAsync(Term, entry, BeatFixture.Start.AddSeconds(10), CancellationToken.None);

        (first, again, later).Should().Be((BeatOutcome.Sent, BeatOutcome.Sent, BeatOutcome.Duplicate));
        beat.Rest().Select(delivery => delivery.Message.Id).Should().Equal(RunId.Of("beat", "unique", BeatFixture.Start), RunId.Of("beat", "unique", BeatFixture.Start));
    }

    [Fact]
    public async Task Send_OfABeatThatNoLongerLeads_FreesTheKeyAndIsNotTakenForSentByFilters()
    {
        var filter = new Filter((_, next) => next());
        await using var beat = await StartAsync(filter, null);
        await beat.StopAsync();
        var (sender, entry) = (SenderOf(beat, fenced: true), new BeatEntry("unique", EveryTenSeconds, new Signature(Unique, TaskArguments.None)));

        var outcome = await sender.SendAsync(Term, entry, BeatFixture.Start, CancellationToken.None);
        var handle = await beat.Client.EnqueueAsync(new Signature(Unique, TaskArguments.None));

        outcome.Should().Be(BeatOutcome.NotLeading);
        filter.Handles.Should().Equal(handle.Id);
        handle.IsDuplicate.Should().BeFalse("the key was given back");
    }

    [Fact]
    public async Task Send_WhoseFilterHidesTheFailureOfTheBroker_FailsAsTheBrokerSaid()
    {
        var filter = new Filter(async (_, next) =>
        {
            try
            {
                await next();
            }
            catch (TaskQueueException error)
            {
                throw new InvalidOperationException("hidden", error);
            }
        });
        await using var broker = new RecordingBroker { Failure = _ => new PublishException("away", [], mayHaveBeenTaken: false) };
        await using var beat = await StartAsync(filter, null);
        await beat.StopAsync();
        var sender = new BeatSender("beat", beat.Services.GetRequiredService<TaskClient>(), broker, null, NullLogger.Instance);

        var send = () => sender.SendAsync(Term, new BeatEntry("a", EveryTenSeconds, Calls.Named("a")), BeatFixture.Start, CancellationToken.None);

        await send.Should().ThrowAsync<PublishException>("the beat tries it again, which it would not for the fault of a filter");
    }

    private static LeaderTerm Term { get; } = new("beat", "me", 99, TimeSpan.FromSeconds(15));

    private static BeatSender SenderOf(BeatFixture beat, bool fenced)
    {
        var broker = beat.Services.GetRequiredService<IBroker>();
        return new BeatSender("beat", beat.Services.GetRequiredService<TaskClient>(), broker, fenced ? (IFencedPublisher)broker : null, NullLogger.Instance);
    }

    private static Task<BeatFixture> StartAsync(Filter filter, Action<BeatOptions>? configure) => BeatFixture.StartAsync(configure, queue: queue =>
    {
        queue.Services.AddSingleton(filter);
        queue.AddClientFilter<Filter>();
    });

    private static async Task ReleaseAsync(BeatFixture beat, TaskMessage message)
    {
        var keys = (IUniqueKeyStore)beat.Services.GetRequiredService<IBroker>();
        (await keys.ReleaseAsync(UniqueMark.Read(message)!.Key, message.Id!, CancellationToken.None)).Should().BeTrue();
    }

    private sealed class Filter(Func<TaskSending, TaskSendDelegate, Task> invoke) : ITaskClientFilter
    {
        internal List<string> Handles { get; } = [];

        public Task InvokeAsync(TaskSending sending, TaskSendDelegate next) => invoke(sending, async () =>
        {
            var handle = await next();
            Handles.Add(handle.Id);
            return handle;
        });
    }
}
