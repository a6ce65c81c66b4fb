using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace CeleryNet.Redis.Tests;

/// <summary>How soon an idle consumer notices what a foreign producer pushes, and what its idleness costs.</summary>
public sealed class RedisWakeTests(ITestOutputHelper output) : RedisTestBase
{
    [SkippableTheory]
    [InlineData(0, 50)] // the goal is 5 ms on a quiet machine
    [InlineData(3, 200)] // looked at every 80 ms
    [InlineData(6, 200)]
    [InlineData(9, 200)]
    public async Task Push_ToAnIdleConsumer_WakesIt(int step, int limitMilliseconds)
    {
        await using var server = await RedisServer.StartAsync();
        await using var consumer = await ConsumeAsync(NewBroker(url: server.Url));
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        RedisKey list = step == 0 ? $"{Prefix}work" : $"{Prefix}work{TestRedis.Separator}{step}";
        var times = new List<double>();

        for (var round = 0; round < 21; round++)
        {
            await Eventually.IsTrueAsync(async () => ((string?)await redis.ExecuteAsync("INFO", "clients"))!.Contains("blocked_clients:1", StringComparison.Ordinal));
            var envelope = NewEnvelope();
            var pushed = Stopwatch.GetTimestamp();
            await redis.Database.ListLeftPushAsync(list, envelope);
            await consumer.TakeAsync();
            times.Add(Stopwatch.GetElapsedTime(pushed).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"step {step}: median {times[times.Count / 2]:0.00} ms, longest {times[^1]:0.00} ms");
        times[times.Count / 2].Should().BeLessThan(limitMilliseconds);
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task Idle_WithoutBlockingPeek_StillNoticesAPush()
    {
        await using var server = await RedisServer.StartAsync(null, "--rename-command", "BLMOVE", "");
        await using var consumer = await ConsumeAsync(NewBroker(url: server.Url));
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);

        await redis.Database.ListLeftPushAsync($"{Prefix}work", NewEnvelope());

        (await consumer.TakeAsync()).Message.TaskName.Should().Be("tests.task");
        await consumer.DisposeAsync();
    }

    [SkippableFact]
    public async Task Idle_ForASecond_AsksLittle()
    {
        await using var server = await RedisServer.StartAsync();
        await using var consumer = await ConsumeAsync(NewBroker(url: server.Url));
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);
        await Eventually.IsTrueAsync(async () => await PollsAsync() > 2); // it is idle
        var (polls, takes) = (await PollsAsync(), await TakesAsync());
        var started = Stopwatch.GetTimestamp();

        await Eventually.IsTrueAsync(async () => await PollsAsync() >= polls + 10);
        var took = Stopwatch.GetElapsedTime(started);

        took.Should().BeGreaterThan(TimeSpan.FromSeconds(0.5), "ten looks take most of a second");
        (await TakesAsync() - takes).Should().BeLessThanOrEqualTo(4 * (int)(took.TotalSeconds + 2), "the take that waits is renewed once a second, and looks at four lists");
        await consumer.DisposeAsync();

        async Task<long> PollsAsync() => await CallsAsync("exists");
        async Task<long> TakesAsync() => await CallsAsync("lrange");
        async Task<long> CallsAsync(string command)
        {
            var text = (string?)await redis.ExecuteAsync("INFO", "commandstats") ?? "";
            var match = System.Text.RegularExpressions.Regex.Match(text, $@"cmdstat_{command}:calls=(\d+)");
            return match.Success ? long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        }
    }
}
