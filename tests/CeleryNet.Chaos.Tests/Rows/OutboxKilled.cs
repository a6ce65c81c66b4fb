using System.Data.Common;
using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Worker;
using CeleryNet.Sql;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>The relay of an outbox dies after the broker took what it sent and before the outbox knows: the next one sends that again under the same ids, and everything that was committed runs.</summary>
public abstract class OutboxKilled(BrokerKind broker) : Row("outbox relay killed", broker)
{
    private const int Batch = 100;

    [SkippableFact]
    public Task Relay_KilledBetweenSendAndMark_SendsThatAgainAndLosesNothing() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation => Mutation.OfWorkers("what the relay sends does not arrive", "lost", ChaosSettings.Mutation, Mutations.ForgetfulRelay);

    /// <summary>Makes the application's database and returns its URL; it goes with <paramref name="owned"/>.</summary>
    protected abstract Task<string> DatabaseAsync(Stack<IAsyncDisposable> owned);

    /// <summary>A connection of the application's own to that database.</summary>
    protected abstract DbConnection Connect(string url);

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        var owned = new Stack<IAsyncDisposable>();
        try
        {
            await using var stage = await StageAsync(new Scenery { Broker = Broker, Workers = 1 });
            var url = await DatabaseAsync(owned);
            await using var services = new ServiceCollection()
                .AddTaskQueue(queue => queue.UseBroker(stage.Setup.Broker).UseResults(stage.Setup.Results).DefaultQueue(stage.Setup.Queue).UseOutbox(url))
                .BuildServiceProvider(); // no host, so no relay of its own
            var outbox = services.GetRequiredService<SqlOutbox>();
            await outbox.CountAsync(); // makes the tables, which an open transaction would prevent
            var dying = NewRelay(stage, url, (ChaosSettings.FailAt, $"{FaultPoint.AfterRelay}:2"));
            await dying.StartAsync();
            dying.Process.IsExitExpected = true;

            var first = await SendAsync(services, url);
            await Stage.ComesTrueAsync(async () => await outbox.CountAsync() == 0);
            var second = await SendAsync(services, url);
            if (!Mutation.AreOn) await dying.Process.WaitForExitAsync(Stage.Patience);
            var left = await outbox.CountAsync();
            await NewRelay(stage, url).StartAsync();
            await Stage.ComesTrueAsync(async () => await outbox.CountAsync() == 0);
            await Stage.ComesTrueAsync(() => stage.Book.HasEnded(first.Concat(second)), Mutation.AreOn ? TimeSpan.FromSeconds(3) : Stage.Patience);
            // Those that were sent twice: the second ones are behind all others in the queue.
            await Stage.ComesTrueAsync(() => Twice(stage).Count >= left, Mutation.AreOn ? TimeSpan.FromSeconds(3) : Stage.Patience);

            var lost = first.Concat(second).Where(id => !stage.Book.HasEnded([id])).ToList();
            var twice = Twice(stage);
            verdict.Note($"{first.Count + second.Count} sent, {left} left by the dead relay, {twice.Count} ran twice");
            verdict.Demand(lost.Count == 0, "lost", $"{lost.Count}: {string.Join(", ", lost.Take(5))}");
            verdict.Demand(await outbox.CountAsync() == 0, "left", $"{await outbox.CountAsync()} messages are still in the outbox");
            verdict.Demand(left == Batch, "fault", $"the dead relay left {left} of {Batch}, so it did not die between sending and marking");
            verdict.Demand(twice.All(second.Contains), "dup", "a task ran twice that the dead relay had marked as sent");
        }
        finally
        {
            foreach (var one in owned) await one.DisposeAsync();
        }
    }

    private static WorkerSeat NewRelay(Stage stage, string url, params (string Name, string Value)[] environment)
    {
        var all = new Dictionary<string, string> { [ChaosSettings.Outbox] = url };
        foreach (var (name, value) in environment) all[name] = value;
        return stage.NewSeat(all);
    }

    private static List<string> Twice(Stage stage) => [.. stage.Book.All().Where(run => !run.IsEnd).GroupBy(run => run.Key).Where(group => group.Count() > 1).Select(group => group.Key)];

    // One transaction, so that the relay sees all of them at once.
    private async Task<List<string>> SendAsync(ServiceProvider services, string url)
    {
        await using var connection = Connect(url);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var client = services.GetRequiredService<ITaskClient>().Within(transaction);
        var ids = new List<string>();
        for (var i = 0; i < Batch; i++) ids.Add((await client.EnqueueAsync(ChaosTasks.TickTask())).Id);
        await transaction.CommitAsync();
        return ids;
    }
}

/// <summary>From PostgreSQL to RabbitMQ.</summary>
public sealed class OutboxKilledOverRabbitMQ() : OutboxKilled(BrokerKind.RabbitMQ)
{
    /// <inheritdoc/>
    protected override async Task<string> DatabaseAsync(Stack<IAsyncDisposable> owned)
    {
        var server = await PrivateServer.StartAsync(BrokerKind.Postgres);
        owned.Push(server);
        return server.Url;
    }

    /// <inheritdoc/>
    protected override DbConnection Connect(string url)
    {
        var address = new Uri(url);
        var (user, password) = address.UserInfo.Split(':') is [var name, var secret] ? (name, secret) : ("postgres", "");
        return new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = address.Host, Port = address.Port, Username = user, Password = password, Database = address.AbsolutePath[1..] }.ToString());
    }
}

/// <summary>From SQLite to Redis.</summary>
public sealed class OutboxKilledOverRedis() : OutboxKilled(BrokerKind.Redis)
{
    /// <inheritdoc/>
    protected override Task<string> DatabaseAsync(Stack<IAsyncDisposable> owned)
    {
        var folder = new DatabaseFolder();
        owned.Push(folder);
        return Task.FromResult(folder.Url);
    }

    /// <inheritdoc/>
    protected override DbConnection Connect(string url) => new SqliteConnection($"Data Source={url["sqlite:///".Length..]};Pooling=false");
}
