using System.Globalization;
using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Redis.Tests;

/// <summary>What a wait for a whole group costs the server: few commands, and no more for a thousand members than for ten. On a server of its own, whose counters nobody else moves.</summary>
public sealed class RedisGroupResultTests
{
    private const int Members = 500;

    [SkippableFact]
    public async Task GetAll_OfAGroupThatHasEnded_IsOneCommandAndNoSubscription()
    {
        await using var server = await RedisServer.StartAsync();
        await using var services = Host(server);
        var group = await SendAsync(services);
        for (var i = 0; i < Members; i++) await EndAsync(services, group, i);
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        await redis.ExecuteAsync("CONFIG", "RESETSTAT");

        await group.GetAllAsync(Deadline.Usual);

        var calls = await CallsAsync(redis);
        calls.GetValueOrDefault("mget").Should().Be(1);
        calls.Should().NotContainKeys("get", "subscribe", "unsubscribe");
    }

    [SkippableFact]
    public async Task GetAll_OfAGroupThatRuns_WatchesEachOfCelerysChannelsOnceAndLooksTwice()
    {
        await using var server = await RedisServer.StartAsync();
        await using var services = Host(server);
        var group = await SendAsync(services);
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        await group.CountAsync(); // connects
        await redis.ExecuteAsync("CONFIG", "RESETSTAT");

        var all = group.GetAllAsync(TimeSpan.FromSeconds(30));
        await Eventually.IsTrueAsync(async () => (await CallsAsync(redis)).GetValueOrDefault("mget") == 2);
        var waiting = await CallsAsync(redis);
        for (var i = Members - 1; i >= 0; i--) await EndAsync(services, group, i);
        var values = await all;

        values.Should().Equal(Enumerable.Range(0, Members).Select(static i => $"{i}"));
        waiting["subscribe"].Should().Be(Members);
        waiting.Should().NotContainKey("get");
        var calls = await CallsAsync(redis);
        calls["mget"].Should().BeInRange(2, 8, "a slow machine looks again every 5 s");
        await Eventually.IsTrueAsync(async () => ((string[]?)await redis.ExecuteAsync("PUBSUB", "CHANNELS", "celery-task-meta-*"))!.Length == 0); // nobody waits for that
    }

    private static async Task<Dictionary<string, int>> CallsAsync(TestRedis redis)
    {
        var text = (string?)await redis.ExecuteAsync("INFO", "commandstats") ?? "";
        return text.Split('\n', StringSplitOptions.TrimEntries).Where(static line => line.StartsWith("cmdstat_", StringComparison.Ordinal)).ToDictionary(
            static line => line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)],
            static line => int.Parse(line.Split("calls=")[1].Split(',')[0], CultureInfo.InvariantCulture));
    }

    private static ServiceProvider Host(RedisServer server)
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(queue => queue.UseRedis(server.Url).UseRedisResults(server.Url));
        return services.BuildServiceProvider();
    }

    private static Task<GroupHandle<string>> SendAsync(ServiceProvider services) => services.GetRequiredService<ITaskClient>().EnqueueAsync(
        Canvas.Group(Enumerable.Range(0, Members).Select(static _ => new Signature<string>(new TaskDefinition("work"), TaskArguments.None, WireConverters.String!))));

    // Each member returns its place.
    private static ValueTask EndAsync(ServiceProvider services, GroupHandle<string> group, int index) => services.GetRequiredService<IResultBackend>().StoreAsync(
        new TaskResult { TaskId = group.Members[index].Id, State = TaskStates.Success, Value = System.Text.Encoding.UTF8.GetBytes($"\"{index}\"") }, default, CancellationToken.None);
}
