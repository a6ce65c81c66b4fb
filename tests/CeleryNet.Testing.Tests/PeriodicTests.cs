using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Testing.Tests;

/// <summary>Periodic tasks, driven by the virtual clock.</summary>
public sealed class PeriodicTests
{
    private readonly Mailbox _mailbox = new();

    [Fact]
    public async Task Advance_OverADay_RunsEachPeriodicTaskAtItsMoments()
    {
        await using var harness = await StartAsync(beat => beat
            .Add("nightly", Crontab.Parse("30 2 * * *"), ShopTasks.RemindTask(1))
            .Add("often", Schedule.Every(TimeSpan.FromHours(6)), ShopTasks.RemindTask(2)));

        await harness.AdvanceAsync(TimeSpan.FromDays(1));

        _mailbox.Texts.Should().Equal("remind 1 at 02:30:00", "remind 2 at 06:00:00", "remind 2 at 12:00:00", "remind 2 at 18:00:00", "remind 2 at 00:00:00");
        harness.Sent.Should().HaveCount(5);
        harness.Time.GetUtcNow().Should().Be(VirtualTime.DefaultStart.AddDays(1));
    }

    [Fact]
    public async Task Advance_InSteps_SendsNothingTwice()
    {
        await using var harness = await StartAsync(beat => beat.Add("hourly", Schedule.Every(TimeSpan.FromHours(1)), ShopTasks.RemindTask(1)));

        for (var i = 0; i < 12; i++) await harness.AdvanceAsync(TimeSpan.FromMinutes(30));

        harness.Sent.Should().HaveCount(6);
    }

    [Fact]
    public async Task Advance_EntryThatIsLimitedPausedOrAdded_IsFollowed()
    {
        await using var harness = await StartAsync(beat => beat
            .Add(new BeatEntry("twice", Schedule.Every(TimeSpan.FromHours(1)), ShopTasks.RemindTask(1)) { MaxRuns = 2 })
            .Add("paused", Schedule.Every(TimeSpan.FromHours(1)), ShopTasks.RemindTask(2)));
        var schedule = harness.Services.GetRequiredService<IBeatSchedule>();
        await schedule.PauseAsync("paused");

        await harness.AdvanceAsync(TimeSpan.FromHours(4));
        await schedule.AddAsync(new BeatEntry("added", Schedule.Every(TimeSpan.FromHours(1)), ShopTasks.RemindTask(3)));
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        _mailbox.Texts.Should().Equal("remind 1 at 01:00:00", "remind 1 at 02:00:00", "remind 3 at 05:00:00");
    }

    [Fact]
    public async Task Advance_ToTheMomentOfAnAttribute_RunsTheTask()
    {
        await using var harness = await StartAsync(_ => { }, new TaskQueueHarnessOptions { StartTime = new DateTimeOffset(2026, 12, 31, 4, 0, 0, TimeSpan.Zero) });

        await harness.AdvanceAsync(TimeSpan.FromHours(2));

        _mailbox.Texts.Should().Equal("count main at 12-31 05:00");
    }

    [Fact]
    public async Task DrainDelayed_WithABeat_Ends()
    {
        await using var harness = await StartAsync(beat => beat.Add("hourly", Crontab.Parse("0 * * * *"), ShopTasks.RemindTask(1)));
        await harness.Client.EnqueueAsync(ShopTasks.RemindTask(2).With(o => o.Countdown = TimeSpan.FromHours(3)));

        await harness.DrainDelayedAsync();

        _mailbox.Texts.Should().Equal("remind 2 at 03:00:00");
    }

    private Task<TaskQueueHarness> StartAsync(Action<BeatOptions> configure, TaskQueueHarnessOptions? options = null) =>
        TaskQueueHarness.StartAsync(queue => queue.AddTasks().UseJsonContext(ShopJson.Default).Replace<IMailer>(_mailbox).AddBeat(configure), options);
}
