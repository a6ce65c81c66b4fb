using CeleryNet.Hosting;
using CeleryNet.Scheduling;
using CeleryNet.Tasks;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Tests.Hosting;

public sealed class BeatSettingsTests
{
    private static readonly TaskDefinition Digest = new("mail.digest");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Entries_FromConfiguration_TakeEveryKey()
    {
        var options = Settings(
            ("Name", "nightly"), ("LeaseDuration", "00:00:20"), ("MisfireThreshold", "00:01:00"), ("ChangeInterval", "00:00:02"), ("StateFile", "/tmp/x.json"),
            ("Entries:digest:Task", "mail.digest"), ("Entries:digest:Cron", "0 8 * * mon"), ("Entries:digest:Zone", "Europe/Berlin"), ("Entries:digest:Args", "[1, \"a\"]"),
            ("Entries:digest:Kwargs", "{\"x\": true}"), ("Entries:digest:Queue", "mail"), ("Entries:digest:Priority", "3"), ("Entries:digest:Expires", "00:05:00"), ("Entries:digest:Misfire", "catchup"),
            ("Entries:digest:CatchUpLimit", "5"), ("Entries:digest:MaxRuns", "9"), ("Entries:digest:Start", "2026-02-01T00:00:00Z"), ("Entries:digest:End", "2026-03-01"), ("Entries:digest:Jitter", "00:00:10"),
            ("Entries:digest:Paused", "true"), ("Entries:often:Task", "t"), ("Entries:often:Every", "00:00:10"), ("Entries:once:Task", "t"), ("Entries:once:At", "2026-02-03T04:05:06+01:00")).Options;

        (options.Name, options.LeaseDuration, options.MisfireThreshold, options.ChangeInterval, options.StateFile)
            .Should().Be(("nightly", TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(2), "/tmp/x.json"));
        var digest = options.Entries.Single(entry => entry.Name == "digest");
        digest.Schedule.NextAfter(Start).Should().Be(new DateTimeOffset(2026, 1, 5, 7, 0, 0, TimeSpan.Zero));
        digest.Task.ToString().Should().Be("mail.digest(1, 'a', x=True)");
        (digest.Task.Options.Queue, digest.Task.Options.Priority, digest.Task.Options.Expires).Should().Be(("mail", 3, TimeSpan.FromMinutes(5)));
        (digest.Misfire, digest.CatchUpLimit, digest.MaxRuns, digest.Jitter, digest.IsPaused).Should().Be((MisfirePolicy.CatchUp, 5, 9, TimeSpan.FromSeconds(10), true));
        (digest.Start, digest.End).Should().Be((Start.AddMonths(1), Start.AddMonths(2)));
        options.Entries.Single(entry => entry.Name == "often").Schedule.NextAfter(Start).Should().Be(Start.AddSeconds(10));
        options.Entries.Single(entry => entry.Name == "once").Schedule.NextAfter(Start).Should().Be(new DateTimeOffset(2026, 2, 3, 3, 5, 6, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("LeaseDuration", "00:00:01", "Beat:LeaseDuration is 00:00:01 but must be from 00:00:03 to 00:10:00")]
    [InlineData("LeaseDuration", "15", "TaskQueue:Beat:LeaseDuration is '15' but must be a positive time")]
    [InlineData("Name", "a b", "Beat:Name is 'a b'")]
    [InlineData("Leese", "1", "TaskQueue:Beat:Leese is not a known key")]
    [InlineData("Entries:e:Task", "", "TaskQueue:Beat:Entries:e:Task is missing")]
    [InlineData("Entries:e:Cron", "61 * * * *", "61 is not from 0 to 59")]
    [InlineData("Entries:e:Zone", "Europe/Nowhere", "Europe/Nowhere")]
    [InlineData("Entries:e:Every", "00:00:10", "exactly one of Cron, Every and At")]
    [InlineData("Entries:e:Args", "1, 2", "TaskQueue:Beat:Entries:e:Args")]
    [InlineData("Entries:e:Misfire", "never", "RunOnce, Skip or CatchUp")]
    [InlineData("Entries:e:MaxRuns", "0", "at least 1")]
    [InlineData("Entries:e:Start", "soon", "TaskQueue:Beat:Entries:e:Start is 'soon'")]
    [InlineData("Entries:e:Croon", "1", "TaskQueue:Beat:Entries:e:Croon is not a known key")]
    public void Check_WrongValue_NamesPathValueAndRange(string key, string value, string expected)
    {
        var failures = new List<string>();

        Settings(("Entries:e:Task", "t"), ("Entries:e:Cron", "* * * * *"), (key, value)).Check(failures);

        failures.Should().ContainSingle().Which.Should().Contain(expected);
    }

    [Fact]
    public void Check_TwoEntriesOfOneName_IsRefused()
    {
        var failures = new List<string>();

        new BeatSettings([new BeatOptionsChange(options => options.Add("e", Crontab.Parse("* * * * *"), "t").Add("e", Crontab.Parse("* * * * *"), "t"))]).Check(failures);

        failures.Should().ContainSingle().Which.Should().Contain("Beat:Entries:e is added 2 times");
    }

    [Fact]
    public void Entries_OfAttributes_AreThere()
    {
        var options = Settings([new PeriodicTask(Digest) { Cron = "0 8 * * mon", Zone = "Europe/Berlin", Queue = "mail" }, new PeriodicTask(Digest) { Name = "often", Every = TimeSpan.FromMinutes(5) }]).Options;

        options.Entries.Select(entry => entry.Name).Should().Equal("mail.digest", "often");
        options.Entries[0].Schedule.NextAfter(Start).Should().Be(new DateTimeOffset(2026, 1, 5, 7, 0, 0, TimeSpan.Zero));
        (options.Entries[0].Task.Definition, options.Entries[0].Task.Options.Queue).Should().Be((Digest, "mail"));
        options.Entries[1].Schedule.NextAfter(Start).Should().Be(Start.AddMinutes(5));
    }

    [Fact]
    public void Entries_OfAttributes_AreOverriddenByConfigurationWhereItSaysSomething()
    {
        var options = Settings(
            [new PeriodicTask(Digest) { Cron = "0 8 * * mon", Queue = "mail", Expires = TimeSpan.FromMinutes(9), MaxRuns = 5 }],
            ("Entries:mail.digest:Cron", "0 9 * * *"), ("Entries:mail.digest:Zone", "Europe/Berlin"), ("Entries:mail.digest:Misfire", "Skip"), ("Entries:mail.digest:Args", "[\"day\"]")).Options;

        var entry = options.Entries.Should().ContainSingle().Subject;
        entry.Schedule.NextAfter(Start).Should().Be(Start.AddHours(8));
        entry.Task.ToString().Should().Be("mail.digest('day')");
        (entry.Task.Definition, entry.Task.Options.Queue, entry.Task.Options.Expires, entry.MaxRuns, entry.Misfire).Should().Be((Digest, "mail", TimeSpan.FromMinutes(9), 5, MisfirePolicy.Skip));
    }

    [Fact]
    public void Entries_OfAttributes_PausedByConfiguration_KeepTheirTime()
    {
        var entry = Settings([new PeriodicTask(Digest) { Cron = "0 8 * * mon" }], ("Entries:mail.digest:Paused", "true")).Options.Entries.Should().ContainSingle().Subject;

        (entry.IsPaused, entry.Schedule.ToString()).Should().Be((true, "0 8 * * mon (UTC)"));
    }

    [Fact]
    public void Entries_OfAttributes_GiveWayToCodeAndToASectionThatNamesATask()
    {
        var code = new BeatSettings([new BeatOptionsChange(options => options.Add("mail.digest", Crontab.Parse("0 1 * * *"), "other"))], null, [Set(new PeriodicTask(Digest) { Cron = "0 8 * * mon" })]);
        var section = Settings([new PeriodicTask(Digest) { Cron = "0 8 * * mon", Queue = "mail" }], ("Entries:mail.digest:Task", "other"), ("Entries:mail.digest:Every", "00:01:00"));

        foreach (var settings in new[] { code, section })
        {
            var entry = settings.Options.Entries.Should().ContainSingle().Subject;
            (entry.Task.Name, entry.Task.Options.Queue).Should().Be(("other", null));
        }
    }

    [Fact]
    public void Check_AttributesThatCannotBe_NamesTheTask()
    {
        var failures = new List<string>();

        Settings([
            new PeriodicTask(Digest) { Cron = "0 8 * * mon", Zone = "Europe/Nowhere" }, new PeriodicTask(Digest) { Name = "both", Cron = "* * * * *", Every = TimeSpan.FromHours(1) },
            new PeriodicTask(Digest) { Name = "twice", Cron = "* * * * *" }, new PeriodicTask(Digest) { Name = "twice", Cron = "* * * * *" }]).Check(failures);

        failures.Should().HaveCount(3).And.OnlyContain(failure => failure.StartsWith("[Periodic] of task 'mail.digest': ", StringComparison.Ordinal));
        failures[0].Should().Contain("Europe/Nowhere");
        failures[1].Should().Contain("not both");
        failures[2].Should().Contain("another entry 'twice'");
    }

    private static PeriodicTaskSet Set(params PeriodicTask[] tasks) => new(typeof(BeatSettingsTests), tasks);

    private static BeatSettings Settings(params (string Key, string Value)[] values) => Settings([], values);

    private static BeatSettings Settings(PeriodicTask[] periodic, params (string Key, string Value)[] values)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (key, value) in values) all[$"TaskQueue:Beat:{key}"] = value;
        return new BeatSettings([], new ConfigurationBuilder().AddInMemoryCollection(all).Build(), [Set(periodic)]);
    }
}
