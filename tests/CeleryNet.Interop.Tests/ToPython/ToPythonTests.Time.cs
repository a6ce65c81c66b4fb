using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.ToPython;

public abstract partial class ToPythonTests
{
    [SkippableFact]
    public async Task Countdown_IsWaitedFor()
    {
        await ClientAsync();
        var sent = Seconds(DateTimeOffset.UtcNow);

        var ran = await CallAsync(IPythonTasks.NowTask().With(o => o.Countdown = TimeSpan.FromSeconds(1)));

        (ran - sent).Should().BeInRange(0.999, 4);
    }

    [SkippableFact]
    public async Task Eta_InAnotherZone_IsWaitedFor()
    {
        await ClientAsync();
        var eta = DateTimeOffset.UtcNow.AddSeconds(1).ToOffset(TimeSpan.FromHours(-5));

        var ran = await CallAsync(IPythonTasks.NowTask().With(o => o.Eta = eta));

        (ran - Seconds(eta)).Should().BeInRange(-0.001, 3);
    }

    [SkippableFact]
    public async Task Expires_InTheFuture_RunsAndIsVisible()
    {
        var request = await CallAsync(IPythonTasks.RequestTask().With(o => o.Expires = TimeSpan.FromMinutes(1)));

        DateTimeOffset.Parse(request.GetProperty("expires").GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            .Should().BeCloseTo(DateTimeOffset.UtcNow.AddMinutes(1), TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task Expires_BeforeItsTurn_IsRevokedAndDoesNotRun()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(IPythonTasks.NowTask().With(o => o.ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1)));

        var revoked = (await handle.Invoking(expired => expired.GetAsync(Limit)).Should().ThrowAsync<TaskRevokedException>()).Which;

        revoked.RemoteMessage.Should().Be("expired");
    }

    private static double Seconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).TotalSeconds;
}
