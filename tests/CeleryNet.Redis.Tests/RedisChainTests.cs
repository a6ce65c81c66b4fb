using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Redis.Tests;

/// <summary>What a chain asks of the server.</summary>
public sealed class RedisChainTests : WorkerSuite
{
    private const int Steps = 20;
    private const string Last = "last-step";

    private RedisServer? _server;

    protected override void Use(TaskQueueBuilder queue) => queue.UseRedis(_server!.Url).UseRedisResults(_server.Url); // started first

    [SkippableFact]
    public async Task Chain_OnAnIdleWorker_NeedsOneStepOfTheServerForEachOfItsOwn()
    {
        await using var server = _server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        var host = await StartAsync(new DelegateHandler("work", static _ => default));
        var before = await CallsAsync(redis);

        await host.Broker.PublishAsync(Chain(), Route.To(new QueueDefinition(Queue)), CancellationToken.None).Within();
        await host.Client.GetHandle(Last).WaitAsync(TimeSpan.FromSeconds(20));
        var after = await CallsAsync(redis);
        await host.DisposeAsync();

        (after.Pushes - before.Pushes).Should().Be(1, "the worker takes its next steps along");
        (after.Takes - before.Takes).Should().BeLessThan(Steps, "nobody has to wake it for them");
    }

    private static TaskMessage Chain()
    {
        var steps = Enumerable.Range(0, Steps).Select(static i => $$"""{"task":"work","args":[],"kwargs":{},"options":{"task_id":"{{(i == 0 ? Last : $"step-{i}")}}"},"subtask_type":null,"immutable":true}""");
        return TestMessages.New("work", Encoding.UTF8.GetBytes($$$"""[[],{},{"callbacks":null,"errbacks":null,"chain":[{{{string.Join(',', steps)}}}],"chord":null}]"""));
    }

    private static async Task<(long Pushes, long Takes)> CallsAsync(TestRedis redis)
    {
        var text = (string?)await redis.ExecuteAsync("INFO", "commandstats") ?? "";
        return (Calls(text, "lpush"), Calls(text, "ltrim"));
    }

    private static long Calls(string text, string command) =>
        Regex.Match(text, $@"cmdstat_{command}:calls=(\d+)") is { Success: true } match ? long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
}
