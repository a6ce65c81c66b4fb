using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Time limits of calls, kept by the worker of the other language. Inherited for every broker.</summary>
public abstract class TimeLimitTests(ControlFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [SkippableTheory]
    [InlineData("cs.wait")]
    [InlineData("cs.block")]
    public async Task Python_CallsWithHardLimit_CSharpFailsAsPythonDoes(string task)
    {
        await peers.ReadyAsync();

        var result = await peers.Python.CallAsync(task, new[] { 3 }, null, new { time_limit = 1 });

        (result.State, result.Error!.Type, result.Error.Module).Should().Be(("FAILURE", "TimeLimitExceeded", "billiard.exceptions"));
        result.Error.Args.GetRawText().Should().Be("[1]");
    }

    [SkippableFact]
    public async Task Python_CallsWithSoftLimit_CSharpIsCancelled()
    {
        await peers.ReadyAsync();

        var result = await peers.Python.CallAsync("cs.wait", new[] { 30 }, null, new { soft_time_limit = 0.5, time_limit = 20 });

        (result.State, result.Error!.Type, result.Error.Module).Should().Be(("FAILURE", "SoftTimeLimitExceeded", "billiard.exceptions"));
    }

    [SkippableFact]
    public async Task Python_CallsWithSoftLimit_CSharpMayEndInOrder()
    {
        await peers.ReadyAsync();

        var result = await peers.Python.CallAsync("cs.careful", null, null, new { soft_time_limit = 0.5 });

        result.Value.GetString().Should().Be("TimeLimit");
    }

    [SkippableFact]
    public async Task Python_SetsALimitByRemoteControl_CSharpKeepsItFromThenOn()
    {
        await peers.ReadyAsync();

        await peers.Python.SetTimeLimitAsync("cs.limited", hard: 0.5);
        await Eventually.IsTrueAsync(async () => (await peers.Python.CallAsync("cs.limited", new[] { 1.5 })).Error is { Type: "TimeLimitExceeded" });
        await peers.Python.SetTimeLimitAsync("cs.limited");

        await Eventually.IsTrueAsync(async () => (await peers.Python.CallAsync("cs.limited", new[] { 1.5 })).State == "SUCCESS");
    }

    [SkippableFact]
    public async Task CSharp_CallsWithHardLimit_PythonKeepsIt()
    {
        await peers.ReadyAsync();
        var handle = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.SleepTask(30).With(o => (o.Queue, o.TimeLimit) = (peers.PythonQueue, TimeSpan.FromSeconds(1))));

        var failed = (await handle.Invoking(task => task.GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which;

        failed.Type.Should().Be("TimeLimitExceeded");
    }

    [SkippableFact]
    public async Task CSharp_CallsWithSoftLimit_PythonKeepsIt()
    {
        await peers.ReadyAsync();
        var handle = await peers.CSharp.Client.EnqueueAsync(IPythonTasks.SleepTask(30).With(o => (o.Queue, o.SoftTimeLimit) = (peers.PythonQueue, TimeSpan.FromSeconds(1))));

        var failed = (await handle.Invoking(task => task.GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which;

        failed.Type.Should().Be("SoftTimeLimitExceeded");
    }
}

/// <summary>Time limits over RabbitMQ.</summary>
public sealed class TimeLimitOverRabbitMQTests(ControlOverRabbitMQFixture peers) : TimeLimitTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Time limits over Redis.</summary>
public sealed class TimeLimitOverRedisTests(ControlOverRedisFixture peers) : TimeLimitTests(peers), IClassFixture<ControlOverRedisFixture>;
