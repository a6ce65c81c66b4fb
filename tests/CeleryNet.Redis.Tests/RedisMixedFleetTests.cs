using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Redis.Tests;

/// <summary>Python workers on the same database.</summary>
public sealed class RedisMixedFleetTests : RedisTestBase
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PythonStart = TimeSpan.FromSeconds(40);

    // One holder is dead, one lives. Python's own restore finds the entry of the first, puts it back and runs it; the second's stays fresh and is left alone.
    [SkippableFact]
    public async Task PythonRestore_EntriesOfOurs_RunsTheDeadHoldersAndLeavesTheLivings()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        await using var results = new RedisResultBackend(ConnectionString.ParseAll(server.Url));
        var broker = NewBroker(Options, url: server.Url);
        var orphan = Add(20, 3);
        await broker.PublishAsync(orphan, Route.To(Queue), CancellationToken.None).Within();
        await ConsumeAsync(NewBroker(Options, new FakeTimeProvider(), server.Url), 1); // its clock stands still: it never renews
        await Eventually.IsTrueAsync(async () => (await redis.UnackedAsync(orphan.Id!)).Count == 1);
        var orphanTag = (await redis.UnackedAsync(orphan.Id!)).Single().Tag;
        var kept = Add(1, 1);
        var living = await ConsumeAsync(broker, 1);
        await broker.PublishAsync(kept, Route.To(Queue), CancellationToken.None).Within();
        var held = await living.NextAsync();
        await redis.Database.SortedSetAddAsync("unacked_index", orphanTag, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60); // long ago

        await using var python = await PythonWorker.StartAsync(server.Url, "work", Visibility);
        var result = await ResultAsync(results, orphan.Id!);

        result.State.Should().Be(TaskStates.Success);
        System.Text.Encoding.UTF8.GetString(result.Value.Span).Should().Be("23");
        living.IsCurrent(held).Should().BeTrue();
        (await redis.UnackedAsync(kept.Id!)).Should().ContainSingle();
        (await results.GetAsync(kept.Id!, CancellationToken.None)).Should().BeNull("nobody ran it");
        await living.DisposeAsync();
        (await ResultAsync(results, kept.Id!)).State.Should().Be(TaskStates.Success, "given back, it is Python's");

        // A lease that no test outlives, so that only Python can return the orphan.
        static void Options(RedisOptions options) => (options.KeyPrefix, options.LeaseDuration, options.VisibilityTimeout) = ("", TimeSpan.FromMinutes(5), Visibility);
    }

    private static TaskMessage Add(int x, int y)
    {
        var message = TestMessages.New("tests.add", System.Text.Encoding.UTF8.GetBytes($"[[{x},{y}],{{}},{{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}}]"));
        return message;
    }

    private static async Task<TaskResult> ResultAsync(RedisResultBackend results, string id)
    {
        TaskResult? result = null;
        await Eventually.IsTrueAsync(async () => (result = await results.GetAsync(id, CancellationToken.None)) is { IsReady: true }, PythonStart);
        return result!;
    }
}
