using CeleryNet.Scheduling;

namespace CeleryNet.Tests.Scheduling;

/// <summary>Celery's <c>beat_schedule</c> as JSON.</summary>
public sealed class CeleryScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("30.5", "2026-01-01T00:00:30.5Z")]
    [InlineData("""{"minutes": 5, "seconds": 1}""", "2026-01-01T00:05:01Z")]
    [InlineData("""{"crontab": {"minute": 15, "hour": [3, "5-6"]}}""", "2026-01-01T02:15:00Z")] // 3:15 in Berlin
    [InlineData("""{"minute": "*/7"}""", "2026-01-01T00:07:00Z")]
    [InlineData("""{"crontab": {}}""", "2026-01-01T00:01:00Z")]
    [InlineData("""{"clocked": "2026-02-03T04:05:06"}""", "2026-02-03T04:05:06Z")]
    public void Read_Schedule_IsDueAsCelerySays(string schedule, string next)
    {
        var entry = Read($$$"""{"e": {"task": "t", "schedule": {{{schedule}}}}}""");

        entry.Schedule.NextAfter(Start).Should().Be(DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Read_Solar_IsThatOfThePlace()
    {
        var entry = Read("""{"e": {"task": "t", "schedule": {"solar": {"event": "dawn_civil", "lat": 52.5, "lon": 13.4}}}}""");

        entry.Schedule.NextAfter(Start).Should().Be(Schedule.Solar(SolarEvent.DawnCivil, 52.5, 13.4).NextAfter(Start));
    }

    [Fact]
    public void Read_ArgumentsAndOptions_AreKept()
    {
        var entry = Read("""
            {"e": {"task": "proj.tasks.sync", "schedule": 10, "args": [1, "a", null], "kwargs": {"deep": [true, 2.5]},
              "options": {"queue": "low", "priority": 3, "expires": 60, "time_limit": 30.5, "ignore_result": true, "serializer": "json", "headers": {"tenant": "blue"}}}}
            """);

        (entry.Name, entry.Task.Name, entry.Task.ToString()).Should().Be(("e", "proj.tasks.sync", "proj.tasks.sync(1, 'a', None, deep=[True, 2.5])"));
        var options = entry.Task.Options;
        (options.Queue, options.Priority, options.Expires, options.TimeLimit, options.IgnoreResult).Should().Be(("low", 3, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30.5), true));
        options.Headers.Should().Equal(new Dictionary<string, object?> { ["tenant"] = "blue" });
    }

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("[]", "beat_schedule must be an object")]
    [InlineData("""{"e": {"schedule": 1}}""", "beat_schedule:e:task")]
    [InlineData("""{"e": {"task": "t"}}""", "beat_schedule:e:schedule")]
    [InlineData("""{"e": {"task": "t", "schedule": -1}}""", "at least 0.001 seconds")]
    [InlineData("""{"e": {"task": "t", "schedule": {"weeks": 1}}}""", "beat_schedule:e:schedule:weeks")]
    [InlineData("""{"e": {"task": "t", "schedule": {"crontab": {"minute": "61"}}}}""", "61 is not from 0 to 59")]
    [InlineData("""{"e": {"task": "t", "schedule": {"solar": {"event": "brunch", "lat": 1, "lon": 2}}}}""", "'brunch'")]
    [InlineData("""{"e": {"task": "t", "schedule": 1, "options": {"task_id": "x"}}}""", "beat_schedule:e:options:task_id")]
    [InlineData("""{"e": {"task": "t", "schedule": 1, "args": {}}}""", "beat_schedule:e:args must be a list")]
    [InlineData("""{"e": {"task": "t", "schedule": 1, "argz": []}}""", "beat_schedule:e:argz")]
    public void Read_Wrong_SaysWhereAndWhat(string json, string expected)
    {
        var read = () => new BeatOptions().Import(json);

        read.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().Contain(expected);
    }

    private static BeatEntry Read(string json) => new BeatOptions().Import(json, "Europe/Berlin").Entries.Should().ContainSingle().Subject;
}
