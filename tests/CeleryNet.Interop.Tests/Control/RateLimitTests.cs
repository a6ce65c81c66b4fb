using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Tasks;

namespace CeleryNet.Interop.Tests.Control;

/// <summary>Rates and limits beside live Python peers. Inherited for every broker.</summary>
public abstract class RateLimitTests(ControlFixture peers)
{
    [SkippableFact]
    public async Task Python_SetsARateByRemoteControl_CSharpKeepsItUntilItIsLifted()
    {
        await peers.ReadyAsync();

        await peers.Python.SetRateLimitAsync("cs.paced", "6/m");
        await Eventually.IsTrueAsync(async () => !await EndsAsync()); // the request and the tasks travel on different ways, so the first may be in time
        await peers.Python.SetRateLimitAsync("cs.paced", 0);

        await Eventually.IsTrueAsync(EndsAsync, TimeSpan.FromSeconds(30)); // also those that wait under the old rate
    }

    [SkippableFact]
    public async Task Rates_AreReadAsCeleryReadsThem()
    {
        await peers.ReadyAsync();
        string[] texts = ["10", "10/s", "10/", "100/m", "5/h", "0.5/s", "1e3/m", " 7 ", "0", "0/h", "x", "10/d", "10/S", "", "/s", "1/2/s"];

        var theirs = await peers.Python.RatesAsync(texts);

        for (var i = 0; i < texts.Length; i++)
        {
            double? ours = TaskRate.TryParse(texts[i], out var rate) ? rate.PerSecond : null;
            if (texts[i].Length == 0) theirs[i].Should().Be(0, "an empty rate is none in Celery; here it is refused where it is written, and none in remote control");
            else if (theirs[i] is { } expected) ours.Should().BeApproximately(expected, 1e-9, "'{0}'", texts[i]);
            else ours.Should().BeNull("'{0}'", texts[i]);
        }
    }

    [SkippableFact]
    public async Task CSharp_SendsAUniqueTask_PythonRunsItAndTheKeyEndsByItself()
    {
        await peers.ReadyAsync();
        var customer = Guid.NewGuid().ToString("N");

        var first = await SendAsync(customer);
        var done = await first.GetAsync(TimeSpan.FromSeconds(20));
        var second = await SendAsync(customer);

        done.Should().Be($"done for {customer}", "a Python worker ignores the header");
        if (second.IsDuplicate) second.Id.Should().Be(first.Id, "nobody gives the key back early");
        await Eventually.IsTrueAsync(async () => !(await SendAsync(customer)).IsDuplicate);
    }

    private Task<TaskHandle<string>> SendAsync(string customer) => peers.CSharp.Client.EnqueueAsync(IPythonTasks.UniqueTask(customer).With(o => o.Queue = peers.PythonQueue));

    // Two in a row: under the low rate the second one waits for ten seconds.
    private async Task<bool> EndsAsync()
    {
        var handles = new[] { await peers.CSharp.Client.EnqueueAsync(CSharpTasks.PacedTask()), await peers.CSharp.Client.EnqueueAsync(CSharpTasks.PacedTask()) };
        try
        {
            foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(3));
            return true;
        }
        catch (ResultTimeoutException)
        {
            return false;
        }
    }
}

/// <summary>Rates over RabbitMQ, limits in the results on Redis.</summary>
public sealed class RateLimitOverRabbitMQTests(ControlOverRabbitMQFixture peers) : RateLimitTests(peers), IClassFixture<ControlOverRabbitMQFixture>;

/// <summary>Rates and limits over Redis.</summary>
public sealed class RateLimitOverRedisTests(ControlOverRedisFixture peers) : RateLimitTests(peers), IClassFixture<ControlOverRedisFixture>;
