using CeleryNet.Scheduling;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Scheduling;

/// <summary>When an entry is sent, and for which moments: misfires, limits, jitter, steps of the clock.</summary>
public sealed class AgendaItemTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Threshold = TimeSpan.FromSeconds(30);
    private static readonly ISchedule EveryMinute = Crontab.Parse("* * * * *");
    private static readonly ISchedule EverySecond = Schedule.Every(TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch);

    [Fact]
    public void Plan_NeverSentBefore_TakesTheFirstMomentAfterItWasAdded()
    {
        var item = Item(Entry(EveryMinute), Start.AddSeconds(1));

        item.Moment.Should().Be(Start.AddMinutes(1));
        item.SendAt.Should().Be(Start.AddMinutes(1));
    }

    [Theory]
    [InlineData(MisfirePolicy.RunOnce)]
    [InlineData(MisfirePolicy.Skip)]
    [InlineData(MisfirePolicy.CatchUp)]
    public void Take_InTime_SendsTheMoment(MisfirePolicy misfire)
    {
        var item = Item(Entry(EveryMinute) with { Misfire = misfire });

        item.Take(Start.AddMinutes(1).AddMilliseconds(20), Threshold).Should().Equal(Start.AddMinutes(1));
    }

    [Fact]
    public void Take_MissedForADay_RunOnce_SendsTheLastMomentOnly()
    {
        var item = Item(Entry(EveryMinute));
        var now = Start.AddDays(1).AddSeconds(10);

        Send(item, now).Should().Equal(Start.AddDays(1));

        item.Moment.Should().Be(Start.AddDays(1).AddMinutes(1));
    }

    [Fact]
    public void Take_MissedYearsOfSeconds_IsQuick()
    {
        var item = Item(Entry(EverySecond));
        var now = Start.AddYears(10);

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        Send(item, now).Should().Equal(now);

        System.Diagnostics.Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(2), "300 million moments are not looked at one by one");
    }

    [Fact]
    public void Take_MissedByMoreThanTheThreshold_Skip_SendsNothing()
    {
        var item = Item(Entry(Crontab.Parse("0 * * * *")) with { Misfire = MisfirePolicy.Skip });
        var now = Start.AddHours(5).AddSeconds(31);

        Send(item, now).Should().BeEmpty();

        item.Moment.Should().Be(Start.AddHours(6));
    }

    [Fact]
    public void Take_MissedByLessThanTheThreshold_Skip_SendsTheLastMoment()
    {
        var item = Item(Entry(Crontab.Parse("0 * * * *")) with { Misfire = MisfirePolicy.Skip });

        Send(item, Start.AddHours(5).AddSeconds(29)).Should().Equal(Start.AddHours(5));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(100, 10)]
    public void Take_Missed_CatchUp_SendsTheLastOnesOldestFirst(int limit, int expected)
    {
        var item = Item(Entry(EveryMinute) with { Misfire = MisfirePolicy.CatchUp, CatchUpLimit = limit });
        var now = Start.AddMinutes(10).AddSeconds(5);

        Send(item, now).Should().Equal(Enumerable.Range(10 - expected + 1, expected).Select(i => Start.AddMinutes(i)));

        item.Moment.Should().Be(Start.AddMinutes(11));
    }

    [Fact]
    public void Take_CatchUpOverYears_IsBounded()
    {
        var item = Item(Entry(EverySecond) with { Misfire = MisfirePolicy.CatchUp, CatchUpLimit = 50 });
        var now = Start.AddYears(3);

        Send(item, now).Should().Equal(Enumerable.Range(0, 50).Select(i => now.AddSeconds(i - 49)));
    }

    [Fact]
    public void Plan_AfterMaxRuns_HasNoMoment()
    {
        var item = Item(Entry(EveryMinute) with { MaxRuns = 2, Misfire = MisfirePolicy.CatchUp });

        Send(item, Start.AddMinutes(5)).Should().HaveCount(2, "catching up counts");

        item.Moment.Should().BeNull();
        item.Progress!.TotalRuns.Should().Be(2);
    }

    [Fact]
    public void Plan_WithStartAndEnd_StaysWithin()
    {
        var entry = Entry(EveryMinute) with { Start = Start.AddMinutes(10), End = Start.AddMinutes(12), Misfire = MisfirePolicy.CatchUp };

        Item(entry).Moment.Should().Be(Start.AddMinutes(10), "the start itself is one of its moments");
        Send(Item(entry), Start.AddHours(3)).Should().Equal(Start.AddMinutes(10), Start.AddMinutes(11), Start.AddMinutes(12));
        Item(entry, Start.AddMinutes(12)).Moment.Should().BeNull();
    }

    [Fact]
    public void Plan_Paused_HasNoMoment() => Item(Entry(EveryMinute) with { IsPaused = true }).Moment.Should().BeNull();

    [Fact]
    public void SendAt_WithJitter_IsWithinItAndAlwaysTheSame()
    {
        var jitter = TimeSpan.FromSeconds(40);
        var delays = Enumerable.Range(0, 500)
            .Select(i => new BeatEntry($"entry-{i}", EveryMinute, NamedTask()) { Jitter = jitter })
            .Select(entry => (First: Item(entry), Second: Item(entry)))
            .Select(items =>
            {
                items.First.SendAt.Should().Be(items.Second.SendAt);
                return items.First.SendAt - items.First.Moment!.Value;
            }).ToList();

        delays.Should().OnlyContain(delay => delay >= TimeSpan.Zero && delay < jitter);
        delays.Average(delay => delay.TotalSeconds).Should().BeInRange(17, 23, "they are spread evenly");
    }

    [Fact]
    public void Take_RelativeIntervalLate_MovesAllThatFollow()
    {
        var item = Item(Entry(Schedule.Every(TimeSpan.FromSeconds(10))));
        var late = Start.AddSeconds(47);

        Send(item, late).Should().Equal(Start.AddSeconds(10));

        item.Moment.Should().Be(late.AddSeconds(10));
    }

    [Fact]
    public void Item_OfWhatWasKeptBeforeACrash_SendsTheSameMomentUnderTheSameId()
    {
        var entry = Entry(EveryMinute);
        var before = Item(entry);
        var moments = before.Take(Start.AddMinutes(1), Threshold); // sent, and killed before it was kept

        var after = Item(entry);

        after.Take(Start.AddMinutes(1).AddSeconds(20), Threshold).Should().Equal(moments);
        RunId.Of("beat", entry.Name, moments[0]).Should().Be(RunId.Of("beat", entry.Name, after.Moment!.Value));
    }

    [Fact]
    public void Clock_AnHourForward_SendsOnceAndGoesOn()
    {
        var item = Item(Entry(EveryMinute));
        Send(item, Start.AddMinutes(1));

        Send(item, Start.AddMinutes(61)).Should().ContainSingle();

        item.Moment.Should().Be(Start.AddMinutes(62));
    }

    [Fact]
    public void Clock_AnHourBack_SendsNoMomentTwiceAndNoneEarly()
    {
        var item = Item(Entry(EveryMinute));
        Send(item, Start.AddMinutes(61));

        item.Plan(Start.AddMinutes(1));

        item.Moment.Should().Be(Start.AddMinutes(62));
        item.SendAt.Should().Be(Start.AddMinutes(62));
    }

    [Fact]
    public void Clock_BackFromFarAhead_GoesOnFromNow()
    {
        var item = Item(Entry(EveryMinute));
        Send(item, Start.AddYears(1));

        item.Plan(Start.AddSeconds(5));

        item.Moment.Should().Be(Start.AddMinutes(1), "an entry must not be silent for a year because a clock was wrong");
    }

    private static AgendaItem Item(BeatEntry entry, DateTimeOffset? since = null)
    {
        var item = new AgendaItem("beat", entry, since ?? Start, null);
        item.Plan(since ?? Start);
        return item;
    }

    private static BeatEntry Entry(ISchedule schedule) => new("entry", schedule, NamedTask());

    private static Signature NamedTask() => Calls.Named("tests.task");

    private static IReadOnlyList<DateTimeOffset> Send(AgendaItem item, DateTimeOffset now)
    {
        var moments = item.Take(now, Threshold);
        foreach (var moment in moments) item.Sent(moment, now);
        item.Plan(now);
        return moments;
    }
}
