using System.Globalization;

namespace CeleryNet.Tests.Scheduling;

public sealed class CrontabTests
{
    [Theory]
    [InlineData("* * * * *", "2026-11-22T10:00:00Z", "2026-11-22T10:01:00Z")]
    [InlineData("* * * * *", "2026-11-22T10:00:59.999Z", "2026-11-22T10:01:00Z")]
    [InlineData("*/15 * * * *", "2026-11-22T10:59:00Z", "2026-11-22T11:00:00Z")]
    [InlineData("0 8 * * mon", "2026-11-22T10:00:00Z", "2026-11-23T08:00:00Z")]
    [InlineData("0 8 * * mon", "2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z")]
    [InlineData("0 0 1 1 *", "2026-11-22T10:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-11-22T10:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 29 2 mon", "2080-01-01T00:00:00Z", "2112-02-29T00:00:00Z")] // over 2100, which has no leap day
    [InlineData("0 0 13 * fri", "2026-11-22T10:00:00Z", "2027-08-13T00:00:00Z")] // both must fit
    [InlineData("0 22-2 * * *", "2026-11-22T23:30:00Z", "2026-11-23T00:00:00Z")]
    [InlineData("0 0 * * fri-mon", "2026-11-24T00:00:00Z", "2026-11-27T00:00:00Z")]
    [InlineData("0 0 * * 7", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z")]
    [InlineData("0 12 * february-apr *", "2026-11-22T00:00:00Z", "2027-02-01T12:00:00Z")]
    [InlineData("1,13,30-45,50-59/2 8-17/2 * * *", "2026-11-22T08:45:00Z", "2026-11-22T08:50:00Z")]
    [InlineData("*/10 30 9 * * *", "2026-11-22T09:30:00Z", "2026-11-22T09:30:10Z")]
    [InlineData("*/10 30 9 * * *", "2026-11-22T09:30:50Z", "2026-11-23T09:30:00Z")]
    [InlineData("  0   8 * *  mon ", "2026-11-22T10:00:00Z", "2026-11-23T08:00:00Z")]
    public void NextAfter_InUtc_IsTheNextThatFits(string expression, string after, string expected) =>
        Crontab.Parse(expression).NextAfter(Moment(after)).Should().Be(Moment(expected));

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")] // 2:30 is left out: it runs at the jump
    [InlineData("*/10 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z")] // six are left out: one run
    [InlineData("0 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")] // 2:30 comes twice: it runs in the first
    [InlineData("30 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")] // hourly runs in both
    public void NextAfter_WhenTheClocksOfBerlinJump_FollowsTheRule(string expression, string after, params string[] expected) =>
        Crontab.Parse(expression, "Europe/Berlin").NextRuns(expected.Length, Moment(after)).Should().Equal(expected.Select(Moment));

    [Fact]
    public void NextAfter_FromTheMomentBeforeAJump_DoesNotMissWhatWasLeftOut()
    {
        var schedule = Crontab.Parse("30 2 * * *", "Europe/Berlin");

        schedule.NextAfter(Moment("2026-03-29T00:59:59.5Z")).Should().Be(Moment("2026-03-29T01:00:00Z"));
        schedule.NextAfter(Moment("2026-03-29T01:00:00Z")).Should().Be(Moment("2026-03-30T00:30:00Z"));
    }

    [Fact]
    public void NextAfter_MomentInAnotherOffset_IsTheSameMoment() =>
        Crontab.Parse("0 8 * * *").NextAfter(new DateTimeOffset(2026, 11, 22, 8, 30, 0, TimeSpan.FromHours(1))).Should().Be(Moment("2026-11-22T08:00:00Z"));

    [Fact]
    public void NextAfter_AtTheEndOfTime_IsNull() => Crontab.Parse("* * * * *").NextAfter(DateTimeOffset.MaxValue).Should().BeNull();

    [Theory]
    [InlineData("* * * *", "4 fields")]
    [InlineData("60 * * * *", "minute '60'")]
    [InlineData("* 24 * * *", "hour '24'")]
    [InlineData("* * 0 * *", "day of month '0'")]
    [InlineData("* * * 13 *", "month '13'")]
    [InlineData("* * * * 8", "day of week '8'")]
    [InlineData("* * * * moon", "'moon' is no value")]
    [InlineData("1,,2 * * * *", "a value is missing")]
    [InlineData("5/10 * * * *", "a step needs a range")]
    [InlineData("*/0 * * * *", "from 1 on")]
    [InlineData("*/x * * * *", "from 1 on")]
    [InlineData("-5 * * * *", "a value is missing")]
    [InlineData("0 0 30 2 *", "no date has such")]
    public void Parse_WhatCannotBe_NamesFieldAndReason(string expression, string reason) =>
        FluentActions.Invoking(() => Crontab.Parse(expression)).Should().Throw<TaskQueueConfigurationException>().WithMessage($"*'{expression}'*{reason}*");

    [Fact]
    public void Parse_UnknownZone_NamesIt() =>
        FluentActions.Invoking(() => Crontab.Parse("* * * * *", "Europe/Atlantis")).Should().Throw<TaskQueueConfigurationException>().WithMessage("*'Europe/Atlantis'*IANA*");

    [Fact]
    public void Of_FieldsInCelerysOrder_MeansTheSame() =>
        Crontab.Of(minute: "0", hour: "8", dayOfWeek: "mon", zone: "Europe/Berlin").ToString().Should().Be(Crontab.Parse("0 8 * * mon", "Europe/Berlin").ToString());

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
