using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Redis;

namespace CeleryNet.Redis.Tests;

/// <summary>Many callers at once: most of their messages share commands, and each caller learns what became of its own.</summary>
public sealed class RedisPublishTests : RedisTestBase
{
    private const int Callers = 500;

    [SkippableFact]
    public async Task Publish_ManyCallersAtOnce_EachMessageIsThereOnceAndInItsCallersOrder()
    {
        const int each = 10;
        var broker = NewBroker();
        await PublishAsync(broker);

        var sent = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var ids = new List<string>();
            for (var i = 0; i < each; i++) ids.Add((await PublishAsync(broker)).Id!);
            return ids;
        }))).Within(TimeSpan.FromSeconds(60));

        var found = (await Redis.ListAsync("work")).Reverse().Select(IdOf).ToList(); // pushed on the left
        found.Should().HaveCount(1 + (Callers * each)).And.OnlyHaveUniqueItems();
        var places = found.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => pair.place);
        foreach (var ids in sent) ids.Select(id => places[id]).Should().BeInAscendingOrder();
    }

    [SkippableFact]
    public async Task Publish_ConnectionsKilledAgainAndAgain_WhatIsConfirmedIsThere()
    {
        await using var server = await RedisServer.StartAsync();
        var broker = NewBroker(url: server.Url);
        await PublishAsync(broker);
        await using var redis = await TestRedis.ConnectAsync(server.Url, Prefix);

        var sending = Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var ids = new List<string>();
            for (var i = 0; i < 10; i++)
            {
                try
                {
                    ids.Add((await PublishAsync(broker)).Id!);
                }
                catch (PublishException error) when (error.MayHaveBeenTaken)
                {
                    // cut twice before the answer: its caller knows that nobody knows
                }
            }

            return ids;
        })));
        for (var i = 0; i < 5 && !sending.IsCompleted; i++)
        {
            var before = await redis.Database.ListLengthAsync(Prefix + "work");
            await Eventually.IsTrueAsync(async () => sending.IsCompleted || await redis.Database.ListLengthAsync(Prefix + "work") > before);
            await redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }

        var sent = await sending.Within(TimeSpan.FromSeconds(60));
        (await redis.ListAsync("work")).Select(IdOf).Should().Contain(sent.SelectMany(static ids => ids));
    }

    [SkippableFact]
    public async Task Publish_ServerSilent_EveryCallerFailsTypedWithinTheTimeout()
    {
        await using var server = await RedisServer.StartAsync();
        var url = new Uri(server.Url);
        await using var proxy = TcpProxy.Start(url.Host, url.Port);
        var broker = NewBroker(url: $"redis://127.0.0.1:{proxy.Port}/0", publishTimeout: TimeSpan.FromSeconds(1));
        await PublishAsync(broker);
        proxy.Set(TcpProxyMode.Blackhole);
        var started = TimeProvider.System.GetTimestamp();

        var errors = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var message = TestMessages.New();
            try
            {
                await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None);
                return (message.Id!, Error: (Exception?)null);
            }
            catch (Exception error)
            {
                return (message.Id!, Error: error);
            }
        }))).Within(TimeSpan.FromSeconds(30));

        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10), "one second is given, and the machine may be busy");
        foreach (var (id, error) in errors) error.Should().BeOfType<PublishException>().Which.TaskIds.Should().Equal(id);
    }

    [SkippableFact]
    public async Task Publish_CancelledWhileTheServerIsSilent_EndsEveryWait()
    {
        await using var server = await RedisServer.StartAsync();
        var url = new Uri(server.Url);
        await using var proxy = TcpProxy.Start(url.Host, url.Port);
        var broker = NewBroker(url: $"redis://127.0.0.1:{proxy.Port}/0", publishTimeout: TimeSpan.FromSeconds(60));
        await PublishAsync(broker);
        proxy.Set(TcpProxyMode.Blackhole);
        using var cancelling = new CancellationTokenSource();
        var publishing = Enumerable.Range(0, Callers).Select(_ => broker.PublishAsync(TestMessages.New(), Route.To(Queue), cancelling.Token).AsTask()).ToList();

        await cancelling.CancelAsync();

        foreach (var publish in publishing) await FluentActions.Awaiting(() => publish.Within()).Should().ThrowAsync<OperationCanceledException>();
        proxy.Set(TcpProxyMode.Pass);
        await PublishAsync(broker); // those who come later do not suffer
    }

    [SkippableFact]
    public async Task PublishMany_SeveralQueuesAndPriorities_KeepsTheOrderOfEachList()
    {
        var broker = NewBroker();
        QueueDefinition[] queues = [new("one"), new("two")];
        var messages = Enumerable.Range(0, 1000).Select(i =>
        {
            var message = TestMessages.New();
            message.Priority = (byte)(i % 3 == 0 ? 9 : 0);
            return new OutgoingMessage(message, Route.To(queues[i % 2]));
        }).ToList();

        await broker.PublishManyAsync(messages, CancellationToken.None).Within();

        foreach (var queue in queues)
        {
            foreach (var (key, priority) in new[] { (queue.Name, 0), ($"{queue.Name}{TestRedis.Separator}9", 9) })
            {
                (await Redis.ListAsync(key)).Reverse().Select(IdOf).Should().Equal(
                    messages.Where(sent => sent.Route.RoutingKey == queue.Name && sent.Message.Priority == priority).Select(sent => sent.Message.Id));
            }
        }
    }

    private static string IdOf(string envelope) => System.Text.Json.JsonDocument.Parse(envelope).RootElement.GetProperty("headers").GetProperty("id").GetString()!;
}
