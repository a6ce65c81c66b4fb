using CeleryNet.Scheduling;
using CeleryNet.Serialization;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Scheduling;

/// <summary>Entries as a store keeps them.</summary>
public sealed class EntryJsonTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<ISchedule> Schedules =>
    [
        Crontab.Parse("0 8 * * mon", "Europe/Berlin"),
        Crontab.Parse("*/10 0 8-17/2 * jan,mar *"),
        Schedule.Every(TimeSpan.FromMilliseconds(1500)),
        Schedule.Every(TimeSpan.FromDays(400), Start.AddTicks(1)),
        Schedule.At(Start.AddTicks(1)),
        Schedule.Solar(SolarEvent.Sunset, -33.9, 151.2),
    ];

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Read_OfWhatWasWritten_IsDueAlike(ISchedule schedule)
    {
        var text = EntryJson.Write(new BeatEntry("e", schedule, Calls.Add(1, 2)), new WireOptions());

        var read = EntryJson.Read("e", text, null);

        read.Schedule.NextRuns(5, Start).Should().Equal(schedule.NextRuns(5, Start));
        EntryJson.Write(read, new WireOptions()).Should().Be(text);
    }

    [Fact]
    public void Read_OfWhatWasWritten_HasEverySettingAndOption()
    {
        var entry = new BeatEntry("e", Schedule.At(Start), Calls.Add(1, 2).With(options =>
        {
            (options.Queue, options.Exchange, options.RoutingKey, options.Shadow, options.Compression) = ("q", "x", "k", "s", "zlib");
            (options.Countdown, options.Expires, options.TimeLimit, options.SoftTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2.5));
            (options.Priority, options.IgnoreResult, options.ExpireAtBroker) = (4, false, true);
            options.Headers["a"] = new List<object?> { 1L, 2.5, "ä", null, true };
        }))
        {
            Misfire = MisfirePolicy.CatchUp,
            CatchUpLimit = 7,
            MaxRuns = 3,
            Start = Start.AddTicks(1),
            End = Start.AddDays(1),
            Jitter = TimeSpan.FromSeconds(1.5),
            IsPaused = true,
        };

        var read = EntryJson.Read("e", EntryJson.Write(entry, new WireOptions()), null);

        read.Should().BeEquivalentTo(entry, options => options.Excluding(e => e.Schedule).Excluding(e => e.Task));
        read.Task.Options.Should().BeEquivalentTo(entry.Task.Options);
        (read.Task.Name, read.Task.ToString()).Should().Be((entry.Task.Name, entry.Task.ToString()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"task":"t","args":[],"kwargs":{},"options":{"later":1},"schedule":{"at":"2026-01-01T00:00:00.0000000+00:00"}}""")]
    [InlineData("""{"task":"t","args":[],"kwargs":{},"options":{},"schedule":{"custom":"Own"}}""")]
    [InlineData("""{"task":"t","args":[],"kwargs":{},"options":{},"schedule":{"cron":"61 * * * *","zone":"UTC"}}""")]
    public void Read_OfALaterVersionOrAnotherHost_IsRefused(string definition)
    {
        var read = () => EntryJson.Read("e", definition, null);

        read.Should().Throw<FormatException>();
    }
}
