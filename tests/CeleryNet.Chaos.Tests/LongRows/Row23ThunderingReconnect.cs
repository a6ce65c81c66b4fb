using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Rows;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Fifty workers lose their broker at once: they come back spread over time, none tries too often, all are back soon.</summary>
public abstract class Row23ThunderingReconnect(BrokerKind broker) : Row("23 thundering reconnect", broker)
{
    private const int Workers = 50;
    private const int MostAttempts = 4;
    private const int Opened = 3110;
    private const int Consuming = 3010;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(20);

    [LongFact]
    public Task Workers_LosingTheirBrokerTogether_ComeBackSpread() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.NoReturn with { Expected = "new tasks" };

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery
        {
            Broker = Broker,
            HasOwnServer = true,
            Client = Scenery.Patient,
            Workers = 1,
            ServerEnvironment = new Dictionary<string, string> { ["CELERYNET_REDIS_DURABLE"] = "1" },
            WorkerEnvironment = new Dictionary<string, string> { [ChaosSettings.Hosts] = $"{Workers}", [ChaosSettings.Concurrency] = "1" },
        });
        var server = stage.Server!; // asked for
        var process = stage.Workers[0].Process;
        var ready = IsRabbitMQ ? Consuming : Opened;
        await Stage.ComesTrueAsync(() => process.Count(ready) == Workers);

        var killed = DateTimeOffset.UtcNow;
        await server.KillAsync();
        await server.StartAgainAsync();
        var back = DateTimeOffset.UtcNow;
        // A Redis consumer whose lease has not ended goes on under it; that it works is seen by its tasks below.
        if (IsRabbitMQ) await Stage.ComesTrueAsync(() => process.Count(ready) == 2 * Workers);
        var allBack = DateTimeOffset.UtcNow - back;
        await stage.EnqueueAsync("new", 2 * Workers, milliseconds: 100);
        var isDone = await Stage.ComesTrueAsync(() => stage.Book.Done == 2 * Workers);

        var attempts = process.Lines.Count(line => line.EventId == LogEvents.AttemptFailedOf(Broker) && line.Time < killed + Window);
        verdict.Note($"all back {allBack.TotalSeconds:0.0} s after the broker, {attempts} failed attempts in {Window.TotalSeconds} s");
        verdict.Demand(allBack <= BackLimit, "back", $"after {allBack}");
        verdict.Demand(attempts <= MostAttempts * Workers * (IsRabbitMQ ? 1 : 2), "attempts", $"{attempts} of {Workers} workers in {Window.TotalSeconds} s"); // Redis: broker and results
        verdict.Demand(isDone, "new tasks", $"{stage.Book.Done} of {2 * Workers} were done");
        verdict.Demand(!process.HasExited, "exits", "the process ended");
    }
}

/// <summary>On RabbitMQ.</summary>
public sealed class Row23OverRabbitMQ() : Row23ThunderingReconnect(BrokerKind.RabbitMQ);

/// <summary>On Redis.</summary>
public sealed class Row23OverRedis() : Row23ThunderingReconnect(BrokerKind.Redis);
