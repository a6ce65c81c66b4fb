using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results;

namespace CeleryNet.Redis.Tests;

/// <summary>Parked messages between C# and Python workers of one database.</summary>
public sealed class RedisParkingMixedFleetTests : RedisTestBase
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PythonStart = TimeSpan.FromSeconds(60);

    // Only Python is left. Its own restore, which runs when it starts, returns what was due a visibility timeout ago, and leaves alone what is not due.
    [SkippableFact]
    public async Task OnlyPythonLeft_ParkedMessages_AreRunAfterTheirTime()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        await using var results = new RedisResultBackend(ConnectionString.ParseAll(server.Url));
        var (early, late) = (Add(20, 3), Add(1, 1));
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(1);
        var broker = NewBroker(Options, url: server.Url);
        foreach (var message in new[] { early, late }) await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None).Within();
        await using (var consumer = await ConsumeAsync(broker))
        {
            var held = await consumer.NextAsync(2);
            (await ParkAsync(consumer, held.Single(delivery => delivery.Message.Id == early.Id), due)).Should().BeTrue();
            (await ParkAsync(consumer, held.Single(delivery => delivery.Message.Id == late.Id), due + TimeSpan.FromHours(1))).Should().BeTrue();
        }

        await Eventually.IsTrueAsync(() => DateTimeOffset.UtcNow > due + Visibility);
        await using var python = await PythonWorker.StartAsync(server.Url, "work", Visibility);
        var result = await ResultAsync(results, early.Id!);

        Encoding.UTF8.GetString(result.Value.Span).Should().Be("23");
        (await redis.UnackedAsync(late.Id!)).Should().ContainSingle().Which.Tag.Should().StartWith("celerynet:parked:");
        (await redis.Database.SortedSetLengthAsync("celerynet:parked")).Should().Be(2, "Python knows nothing of our index");

        await using var tidy = await ConsumeAsync(NewBroker(Options, url: server.Url), 10, new QueueDefinition("else"));
        await Eventually.IsTrueAsync(async () => await redis.Database.SortedSetLengthAsync("celerynet:parked") == 1);
    }

    [SkippableFact]
    public async Task PythonCountdown_ParkedHere_IsRunByEither()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = await TestRedis.ConnectAsync(server.Url);
        await using var results = new RedisResultBackend(ConnectionString.ParseAll(server.Url));
        var ids = (await PythonScript.RunAsync(server.Url, "for n in range(2): print(app.send_task('tests.add', (n, 40), countdown=5, queue='work').id)"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var broker = NewBroker(Options, url: server.Url);
        var consumer = await ConsumeAsync(broker);
        var held = await consumer.NextAsync(2);
        var etas = held.ToDictionary(delivery => delivery.Message.Id!, delivery => delivery.Message.Eta!.Value);

        foreach (var delivery in held) (await ParkAsync(consumer, delivery, delivery.Message.Eta!.Value)).Should().BeTrue();
        var here = await consumer.NextAsync();
        var arrived = DateTimeOffset.UtcNow;
        await consumer.NextAsync(); // held, and given back to Python below
        await consumer.SettleAsync(here, Settlement.Acknowledge, CancellationToken.None);
        await consumer.DisposeAsync();
        await using var python = await PythonWorker.StartAsync(server.Url, "work", Visibility);
        var there = await ResultAsync(results, ids.Single(id => id != here.Message.Id));

        etas.Keys.Should().BeEquivalentTo(ids);
        arrived.Should().BeOnOrAfter(etas[here.Message.Id!]);
        here.Message.TaskName.Should().Be("tests.add");
        here.IsRedelivered.Should().BeFalse();
        there.State.Should().Be(TaskStates.Success);
        (await results.GetAsync(here.Message.Id!, CancellationToken.None)).Should().BeNull("it was acknowledged here and not run there");
    }

    private static void Options(RedisOptions options) => (options.KeyPrefix, options.LeaseDuration, options.VisibilityTimeout) = ("", TimeSpan.FromMinutes(5), Visibility);

    private static Task<bool> ParkAsync(IBrokerConsumer consumer, Delivery delivery, DateTimeOffset due) =>
        ((IParkingConsumer)consumer).ParkAsync(delivery, due, CancellationToken.None).Within();

    private static TaskMessage Add(int x, int y) =>
        TestMessages.New("tests.add", Encoding.UTF8.GetBytes($"[[{x},{y}],{{}},{{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}}]"));

    private static async Task<TaskResult> ResultAsync(RedisResultBackend results, string id)
    {
        TaskResult? result = null;
        await Eventually.IsTrueAsync(async () => (result = await results.GetAsync(id, CancellationToken.None)) is { IsReady: true }, PythonStart);
        return result!; // set by the condition
    }
}
