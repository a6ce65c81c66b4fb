using System.Globalization;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.FromPython;

public abstract partial class FromPythonTests
{
    [SkippableTheory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task Countdown_IsWaitedFor(int protocol)
    {
        await PythonAsync();
        var sent = DateTimeOffset.UtcNow;

        var ran = (await ValueAsync("cs.now", null, null, new { countdown = 1 }, protocol)).GetDouble();

        (ran - Seconds(sent)).Should().BeInRange(0.999, 4);
    }

    [SkippableFact]
    public async Task Eta_InAnotherZone_IsWaitedFor()
    {
        await PythonAsync();
        var eta = DateTimeOffset.UtcNow.AddSeconds(1).ToOffset(TimeSpan.FromHours(-5));
        var text = eta.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

        var ran = (await ValueAsync("cs.now", null, null, new { eta = new Dictionary<string, string> { ["$datetime"] = text } })).GetDouble();

        (ran - Seconds(eta)).Should().BeInRange(-0.001, 3);
    }

    [SkippableFact]
    public async Task Eta_DoesNotHoldUpOthers()
    {
        var python = await PythonAsync();
        await python.SendManyAsync("cs.nothing", Enumerable.Repeat(Array.Empty<int>(), 100).ToArray(), new { countdown = 2, ignore_result = true });

        var started = DateTimeOffset.UtcNow;
        await ValueAsync("cs.add", new[] { 2, 3 });

        (DateTimeOffset.UtcNow - started).Should().BeLessThan(TimeSpan.FromSeconds(1.5));
    }

    [SkippableFact]
    public async Task Expires_InTheFuture_RunsAndIsVisible()
    {
        var context = await ValueAsync("cs.context", null, null, new { expires = 60 });

        DateTimeOffset.Parse(context.GetProperty("expires").GetString()!, CultureInfo.InvariantCulture)
            .Should().BeCloseTo(DateTimeOffset.UtcNow.AddSeconds(60), TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task Expires_InThePast_DoesNotRun()
    {
        var python = await PythonAsync();
        var past = DateTimeOffset.UtcNow.AddMinutes(-1).ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

        var id = await python.SendAsync("cs.now", null, null, new { expires = new Dictionary<string, string> { ["$datetime"] = past } });
        if (!peers.Transport.IsRabbitMQ) // there the message may die in the queue, and nobody learns of it
        {
            var result = await python.GetAsync(id);
            result.State.Should().Be("REVOKED");
            result.Error!.Type.Should().Be("TaskRevokedError");
            result.Error.Message.Should().Contain("expired");
        }

        (await ValueAsync("cs.add", new[] { 2, 3 })).GetInt32().Should().Be(5);
        Runs.Of(id).Should().Be(0);
    }

    [SkippableFact]
    public async Task Expires_WhileWaitingForEta_IsRevoked()
    {
        var python = await PythonAsync();

        var result = await python.CallAsync("cs.now", null, null, new { countdown = 1.5, expires = 0.5 });

        result.State.Should().Be("REVOKED");
    }

    private static double Seconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).TotalSeconds;
}
