using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>The promises of every store that counts batches, kept on a real Redis in both of Celery's forms, and shared with Celery's own code.</summary>
public abstract class RedisBatchStoreTests(bool isOrdered) : BatchStoreContract
{
    /// <summary>Celery's default.</summary>
    public sealed class InSortedSet() : RedisBatchStoreTests(true);

    /// <summary>With <c>result_chord_ordered</c> off.</summary>
    public sealed class InList() : RedisBatchStoreTests(false);

    protected override IResultBackend CreateBackend() => new RedisResultBackend(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { OrderedChords = isOrdered });

    [SkippableFact]
    public async Task Count_OfMembersThatPythonAddedAndCounted_IsTold()
    {
        await OpenAsync("a", "b");
        await RunInPythonAsync($"app.backend.add_to_chord('{Batch}', None)\n" + Return("a", 5, "SUCCESS", "{'x': [1, 2]}") + Return("from python", 6, "FAILURE", "ValueError('bad')"));

        (await CountAsync()).Should().Be(new BatchTally(3, 2, 1, false, true));
    }

    [SkippableFact]
    public async Task Count_AfterPythonEndedTheBatch_IsThatOfAllMembers()
    {
        await OpenAsync("a", "b");
        await EndAsync("a");
        await EndAsync("closing");
        await RunInPythonAsync(Return("b", 5, "SUCCESS", "1"));

        var count = await CountAsync();
        count.Should().Be(new BatchTally(2, 2, 0, false, false));
        count.HasEnded.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Keys_VanishByThemselves()
    {
        await OpenAsync("a", "b");
        await EndAsync("a");
        await using var redis = await TestRedis.ConnectAsync();

        foreach (var suffix in new[] { ".j", ".t", ".s", ".a" })
            (await redis.Database.KeyTimeToLiveAsync($"celery-taskset-meta-{Batch}{suffix}")).Should().BeCloseTo(TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), suffix);
    }

    // The callback is a task of a queue that nobody reads, in Celery's own code.
    private string Return(string task, int index, string state, string value) =>
        "from celery.app.task import Context\n" +
        $"app.backend.on_chord_part_return(Context({{'id': '{task}', 'group': '{Batch}', 'group_index': {index}, 'chord': {{'task': 'none', 'args': [], 'kwargs': {{}}, 'options': {{'queue': '{Batch}'}}}}}}), '{state}', {value})\n";

    private Task<string> RunInPythonAsync(string code) =>
        PythonScript.RunAsync(TestServers.Redis, $"app.conf.result_backend_transport_options = {{'result_chord_ordered': {(isOrdered ? "True" : "False")}}}\n{code}");
}
