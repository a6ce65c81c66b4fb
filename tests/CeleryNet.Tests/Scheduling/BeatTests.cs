using System.Diagnostics.Metrics;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Scheduling;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Scheduling;

/// <summary>A beat from its entries to the broker.</summary>
public sealed class BeatTests
{
    private static readonly ISchedule EveryTenSeconds = Schedule.Every(TimeSpan.FromSeconds(10), DateTimeOffset.UnixEpoch);

    private static readonly ISchedule EveryMinute = Crontab.Parse("* * * * *");

    [Fact]
    public async Task Entry_IsDue_IsSentWithItsIdNameAndOptions()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("sum", EveryTenSeconds, Calls.Add(2, 3).With(call => call.Priority = 7)));

        var message = (await beat.NextAsync()).Message;

        message.TaskName.Should().Be(Calls.Add(2, 3).Name);
        message.Id.Should().Be(RunId.Of("beat", "sum", BeatFixture.Start.AddSeconds(10)));
        (message.RootId, message.CorrelationId, message.Priority, message.Expires).Should().Be((message.Id, message.Id, (byte)7, null));
        message.CustomHeaders![TaskHeaders.PeriodicTaskName].Should().Be("sum");
        beat.Time.GetUtcNow().Should().BeOnOrAfter(BeatFixture.Start.AddSeconds(10));
    }

    [Fact]
    public async Task Entry_ByName_IsSentWithItsArguments()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("py", EveryTenSeconds, "proj.tasks.thumbnail", ["a.png"], new Dictionary<string, object?> { ["width"] = 128 }));

        var message = (await beat.NextAsync()).Message;

        (message.TaskName, message.ArgsRepr, message.KwargsRepr).Should().Be(("proj.tasks.thumbnail", "('a.png',)", "{'width': 128}"));
    }

    [Fact]
    public async Task Entry_WithAScheduleOfItsOwn_IsSentWhenThatSays()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("own", new OwnSchedule(TimeSpan.FromSeconds(7)), Calls.Add(1, 1)));

        var first = (await beat.NextAsync()).Message.Id;

        var since = BeatFixture.Start;
        Enumerable.Range(0, 60).Select(i => RunId.Of("beat", "own", since.AddSeconds(7).AddMilliseconds(500 * i))).Should().Contain(first);
    }

    [Fact]
    public async Task Entry_Sent_IsCountedWithItsLateness()
    {
        var task = $"metrics.{Guid.NewGuid():N}";
        var (sends, lateness) = (0L, new List<double>());
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "CeleryNet") listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "celerynet.beat.sends" && tags.ToArray().Contains(new("celerynet.task.name", task)) && tags.ToArray().Contains(new("celerynet.beat.outcome", "sent"))) sends += value;
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "celerynet.beat.lateness" && tags.ToArray().Contains(new("celerynet.task.name", task))) lateness.Add(value);
        });
        listener.Start();
        await using var beat = await BeatFixture.StartAsync(options => options.Add("metrics", EveryTenSeconds, Calls.Named(task)));

        await beat.NextAsync();
        await beat.StopAsync();

        sends.Should().Be(1);
        lateness.Should().ContainSingle().Which.Should().BeInRange(0, 5, "the clock was moved by half a second at a time");
    }

    [Fact]
    public async Task Entry_OfEveryTenSeconds_IsSentForEachMomentOnce()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add(new BeatEntry("sum", EveryTenSeconds, Calls.Add(2, 3)) { Misfire = MisfirePolicy.CatchUp }));

        var ids = new List<string?>();
        for (var i = 0; i < 5; i++) ids.Add((await beat.NextAsync()).Message.Id);

        ids.Should().Equal(Enumerable.Range(1, 5).Select(i => RunId.Of("beat", "sum", BeatFixture.Start.AddSeconds(10 * i))));
    }

    [Fact]
    public async Task Add_AtRunTime_WakesTheBeatAtOnce()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.ChangeInterval = TimeSpan.FromMinutes(1));
        await beat.UntilAsync(() => beat.Beat.IsLeading);
        var added = beat.Time.GetUtcNow();

        await beat.Schedule.AddAsync(new BeatEntry("once", Schedule.At(added.AddSeconds(5)), Calls.Add(1, 1)));

        (await beat.NextAsync()).Message.Id.Should().Be(RunId.Of("beat", "once", added.AddSeconds(5)));
        (beat.Time.GetUtcNow() - added).Should().BeLessThan(TimeSpan.FromMinutes(1), "it did not wait until it looks for changes anyway");
    }

    [Fact]
    public async Task Pause_ThenResume_SendsFromThenOn()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("a", EveryTenSeconds, Calls.Add(1, 1)).Add("b", EveryTenSeconds, Calls.Add(2, 2)));
        await beat.UntilAsync(() => beat.Beat.IsLeading);
        await Eventually.IsTrueAsync(async () => (await beat.Schedule.ListAsync()).Count == 2);

        (await beat.Schedule.PauseAsync("a")).Should().BeTrue();
        var names = new List<object?>();
        for (var i = 0; i < 3; i++) names.Add((await beat.NextAsync()).Message.CustomHeaders![TaskHeaders.PeriodicTaskName]);
        await beat.Schedule.ResumeAsync("a");
        var resumed = beat.Time.GetUtcNow();
        string? id = null;
        while (id is null)
        {
            var message = (await beat.NextAsync()).Message;
            if (message.CustomHeaders![TaskHeaders.PeriodicTaskName] is "a") id = message.Id;
        }

        names.Should().OnlyContain(name => Equals(name, "b"));
        var moments = Enumerable.Range(0, 200).Select(i => BeatFixture.Start.AddSeconds(10 * i)).Where(moment => moment > resumed);
        moments.Select(moment => RunId.Of("beat", "a", moment)).Should().Contain(id, "what was due while it was paused does not count as missed");
        (await beat.Schedule.PauseAsync("none")).Should().BeFalse();
    }

    [Fact]
    public async Task List_AfterARun_TellsLastAndNext()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("sum", Crontab.Parse("0 8 * * *", "Europe/Berlin"), Calls.Add(2, 3)).Add("often", EveryTenSeconds, Calls.Add(1, 1)));
        await beat.NextAsync();
        IReadOnlyList<BeatEntryStatus> list = [];
        await Eventually.IsTrueAsync(async () => (list = await beat.Schedule.ListAsync())[0].TotalRuns > 0);

        list.Select(entry => entry.Name).Should().Equal("often", "sum");
        list[0].NextRun.Should().Be(list[0].LastRun!.Value.AddSeconds(10));
        list[1].Should().BeEquivalentTo(new { TaskName = "tasks.add", Schedule = "0 8 * * * (Europe/Berlin)", IsFromCode = true, IsPaused = false, TotalRuns = 0L, LastRun = (DateTimeOffset?)null, NextRun = BeatFixture.Start.AddHours(7) });
    }

    [Fact]
    public async Task Remove_Added_IsGone_OfCode_IsRefused_Changed_IsTakenBack()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("code", EveryTenSeconds, Calls.Add(1, 1)));
        await beat.Schedule.AddAsync(new BeatEntry("added", EveryTenSeconds, Calls.Add(2, 2)));
        await beat.Schedule.ChangeAsync("code", entry => entry with { MaxRuns = 5 });

        var changed = (await beat.Schedule.ListAsync()).Single(entry => entry.Name == "code");
        var isRemoved = await beat.Schedule.RemoveAsync("added");
        var isTakenBack = await beat.Schedule.RemoveAsync("code");
        var remove = () => beat.Schedule.RemoveAsync("code");

        (changed.IsFromCode, changed.Entry!.MaxRuns, isRemoved, isTakenBack).Should().Be((false, 5, true, true));
        await remove.Should().ThrowAsync<InvalidOperationException>();
        var only = (await beat.Schedule.ListAsync()).Should().ContainSingle().Subject;
        (only.Name, only.IsFromCode, only.Entry!.MaxRuns).Should().Be(("code", true, null));
        (await beat.Schedule.RemoveAsync("none")).Should().BeFalse();
    }

    [Fact]
    public async Task RunNow_SendsOnceMore_AndChangesNothing()
    {
        await using var beat = await BeatFixture.StartAsync(options => options.Add("yearly", Crontab.Parse("0 0 1 7 *"), Calls.Add(2, 3)));

        var handle = await beat.Schedule.RunNowAsync("yearly");

        var message = (await beat.NextAsync()).Message;
        message.Id.Should().Be(handle.Id);
        message.CustomHeaders![TaskHeaders.PeriodicTaskName].Should().Be("yearly");
        (await beat.Schedule.ListAsync()).Single().Should().BeEquivalentTo(new { TotalRuns = 0L, LastRun = (DateTimeOffset?)null });
        var unknown = () => beat.Schedule.RunNowAsync("none");
        await unknown.Should().ThrowAsync<KeyNotFoundException>();
    }

    [Fact]
    public async Task Add_ThatCannotBeKeptOrSent_SaysWhy()
    {
        await using var beat = await BeatFixture.StartAsync();

        await Refused(new BeatEntry("own", new OwnSchedule(TimeSpan.FromDays(1)), Calls.Add(1, 1)), "OwnSchedule");
        await Refused(new BeatEntry("id", EveryTenSeconds, Calls.Add(1, 1).With(call => call.TaskId = "x")), "TaskId");
        await Refused(new BeatEntry("runs", EveryTenSeconds, Calls.Add(1, 1)) { MaxRuns = 0 }, "MaxRuns is 0");

        async Task Refused(BeatEntry entry, string why) =>
            (await ((Func<Task>)(() => beat.Schedule.AddAsync(entry))).Should().ThrowAsync<ArgumentException>()).Which.Message.Should().Contain(why);
    }

    [Fact]
    public async Task Beat_StartedAgain_GoesOnWhereItWas()
    {
        var (time, store) = (new FakeTimeProvider(BeatFixture.Start), new MemoryScheduleStore());
        await using var broker = new MemoryBroker(time);
        string? first;
        await using (var beat = await BeatFixture.StartAsync(Entries, time, broker, store))
        {
            first = (await beat.NextAsync()).Message.Id;
            await beat.StopAsync();
        }

        await using var second = await BeatFixture.StartAsync(Entries, time, new MemoryBroker(time), store);
        var next = (await second.NextAsync()).Message.Id;

        next.Should().NotBe(first);
        await Eventually.IsTrueAsync(async () => (await second.Schedule.ListAsync()).Single().TotalRuns == 2);

        static void Entries(BeatOptions options) => options.Add("sum", EveryTenSeconds, Calls.Add(2, 3));
    }

    [Fact]
    public async Task Beats_Two_OneLeadsAndTheOtherTakesOver()
    {
        var (time, store) = (new FakeTimeProvider(BeatFixture.Start), new MemoryScheduleStore());
        await using var broker = new MemoryBroker(time);
        await using var first = await BeatFixture.StartAsync(Entries, time, broker, store);
        await first.UntilAsync(() => first.Beat.IsLeading);
        await using var second = await BeatFixture.StartAsync(Entries, time, broker, store);

        // Both have a consumer, and either may get what is sent.
        var ids = new List<string?>();
        await first.UntilAsync(() => Collect() >= 1);
        second.Beat.IsLeading.Should().BeFalse();
        await first.StopAsync();
        await second.UntilAsync(() => second.Beat.IsLeading);
        var before = Collect();
        await second.UntilAsync(() => Collect() >= before + 2);

        ids.Should().OnlyHaveUniqueItems("no moment is sent twice");

        int Collect()
        {
            ids.AddRange(first.Rest().Concat(second.Rest()).Select(delivery => delivery.Message.Id));
            return ids.Count;
        }

        static void Entries(BeatOptions options) => options.Add("sum", EveryTenSeconds, Calls.Add(2, 3));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(5, false)]
    public async Task Skip_LeaderDiesBetweenMomentAndSend_IsSentByTheNextUnlessTheThresholdIsBelowTheLease(int? thresholdSeconds, bool isSent)
    {
        var (time, store) = (new FakeTimeProvider(BeatFixture.Start), new MemoryScheduleStore());
        await using var broker = new MemoryBroker(time);
        await using (var former = await BeatFixture.StartAsync(Entries, time, store: store))
        {
            await Eventually.IsTrueAsync(async () => await store.GetVersionAsync("beat", CancellationToken.None) > 0);
            await former.StopAsync();
        }

        // As a beat that died with its lease just before the moment.
        time.Advance(BeatFixture.Start.AddSeconds(58) - time.GetUtcNow());
        var lease = await broker.AcquireAsync("beat", "dead", TimeSpan.FromSeconds(15), CancellationToken.None);
        await using var next = await BeatFixture.StartAsync(Entries, time, broker, store);
        var first = (await next.NextAsync()).Message.Id;

        lease.Should().NotBeNull();
        first.Should().Be(RunId.Of("beat", "sum", BeatFixture.Start.AddMinutes(isSent ? 1 : 2)));

        void Entries(BeatOptions options)
        {
            options.MisfireThreshold = thresholdSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            options.Add(new BeatEntry("sum", EveryMinute, Calls.Add(2, 3)) { Misfire = MisfirePolicy.Skip });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_StepsAnHour_MakesNoBurstAndRepeatsNothing(int hours)
    {
        await using var beat = await BeatFixture.StartAsync(options =>
        {
            options.LeaseDuration = TimeSpan.FromMinutes(10);
            options.Add("sum", Schedule.Every(TimeSpan.FromMinutes(20), DateTimeOffset.UnixEpoch), Calls.Add(2, 3));
        });
        beat.Step = TimeSpan.FromSeconds(30);
        var ids = new List<string?> { (await beat.NextAsync()).Message.Id };
        var before = beat.Time.GetUtcNow();

        beat.Time.AdjustTime(before.AddHours(hours));
        ids.Add((await beat.NextAsync()).Message.Id);
        ids.Add((await beat.NextAsync()).Message.Id);

        int[] expected = hours > 0 ? [20, 80, 100] : [20, 40, 60];
        ids.Should().Equal(expected.Select(minutes => RunId.Of("beat", "sum", BeatFixture.Start.AddMinutes(minutes))));
    }

    [Fact]
    public async Task HealthCheck_OfABeatThatTicks_TellsItsAge()
    {
        await using var beat = await BeatFixture.StartAsync();
        await beat.UntilAsync(() => beat.Beat.IsLeading);
        var check = new HealthCheckContext { Registration = new HealthCheckRegistration("beat", _ => null!, null, null) };

        var healthy = await new CeleryNet.Hosting.BeatHealthCheck(beat.Beat, beat.Settings).CheckHealthAsync(check);
        await beat.StopAsync();
        beat.Time.Advance(TimeSpan.FromMinutes(1));
        var silent = await new CeleryNet.Hosting.BeatHealthCheck(beat.Beat, beat.Settings).CheckHealthAsync(check);

        (healthy.Status, silent.Status).Should().Be((HealthStatus.Healthy, HealthStatus.Unhealthy));
        ((double)silent.Data["last_tick_age_seconds"]).Should().BeGreaterThanOrEqualTo(60);
    }

    private sealed class OwnSchedule(TimeSpan after) : ISchedule
    {
        public DateTimeOffset? NextAfter(DateTimeOffset moment) => moment + after;
    }
}
