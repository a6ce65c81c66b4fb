using CeleryNet.Contracts;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Redis.Tests;

/// <summary>The result store is away while the broker is up: tasks without a result go on, and what has ended is not acknowledged before its result is stored.</summary>
public sealed class RedisResultsAwayTests : IAsyncLifetime
{
    private const int Tasks = 60;
    private const int Slots = 4; // with 16 messages prefetched: fewer than the tasks that wait

    private readonly string _prefix = $"t{Guid.NewGuid():N}:";
    private int _quiet;
    private int _noted;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_REDIS") is null) return;
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);
        await redis.DeletePrefixAsync();
    }

    [SkippableTheory]
    [InlineData(TcpProxyMode.Refuse)]
    [InlineData(TcpProxyMode.Blackhole)]
    public async Task Results_Away_TasksWithoutResultGoOnAndTheOthersKeepTheirMessages(TcpProxyMode fault)
    {
        var url = new Uri(TestServers.Redis);
        await using var proxy = TcpProxy.Start(url.Host, url.Port);
        await using var host = await StartAsync($"redis://127.0.0.1:{proxy.Port}{url.AbsolutePath}");
        await (await host.Client.EnqueueByNameAsync<string>("noted")).GetAsync(TimeSpan.FromSeconds(20));
        await using var redis = await TestRedis.ConnectAsync(prefix: _prefix);

        proxy.Set(fault);
        var handles = new List<TaskHandle<string>>();
        for (var i = 0; i < Tasks; i++) handles.Add(await host.Client.EnqueueByNameAsync<string>("noted"));
        for (var i = 0; i < Tasks; i++) await host.Client.EnqueueByNameAsync("quiet", configure: o => o.IgnoreResult = true);
        await Eventually.IsTrueAsync(() => Volatile.Read(ref _quiet) == Tasks, TimeSpan.FromSeconds(20));

        Volatile.Read(ref _noted).Should().Be(Tasks + 1, "they came first");
        (await redis.UnackedAsync("")).Count.Should().BeGreaterThanOrEqualTo(Tasks, "none of their results is stored");
        proxy.Set(TcpProxyMode.Pass);
        await Eventually.IsTrueAsync(async () => (await redis.UnackedAsync("")).Count == 0, TimeSpan.FromSeconds(30));
        foreach (var handle in handles) (await redis.Database.KeyExistsAsync($"{_prefix}celery-task-meta-{handle.Id}")).Should().BeTrue("its message is acknowledged");
        Volatile.Read(ref _noted).Should().Be(Tasks + 1, "none of them ran twice");
    }

    private async Task<WorkerHost> StartAsync(string resultsUrl)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue => queue
            .UseRedis(TestServers.Redis, options => options.KeyPrefix = _prefix)
            .UseRedisResults(resultsUrl, options => options.KeyPrefix = _prefix)
            .AddWorker(worker => worker.Concurrency = Slots));
        var noted = DelegateHandler.Returning("noted", async _ => await RunAsync(() => Interlocked.Increment(ref _noted)));
        var quiet = DelegateHandler.Returning("quiet", async _ => await RunAsync(() => Interlocked.Increment(ref _quiet)));
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(RedisResultsAwayTests), [noted, quiet]));
        var built = builder.Build();
        await built.StartAsync();
        return new WorkerHost(built);
    }

    // As long as a slot waits for the end of its task.
    private static async Task<string> RunAsync(Action note)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(15));
        note();
        return "done";
    }
}
