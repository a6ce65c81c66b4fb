using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Tests.Migrations;

/// <summary>What happens to tables of an older version, with messages in them, when newer programs start. The step to the newer version is the test's own.</summary>
public abstract class SchemaMigrationContract : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>The queue of the test.</summary>
    protected QueueDefinition Queue { get; } = new($"tests-{Guid.NewGuid():n}");

    /// <summary>URL of a database without tables.</summary>
    protected abstract string Url { get; }

    /// <summary>A step as the next version will have one; it cannot be made twice. Tables are written <c>celerynet.NAME</c>, as in the package.</summary>
    protected abstract string NextStep { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [SkippableFact]
    public async Task Start_OfTwoNewerHostsAtOnce_MigratesOnceAndKeepsWhatIsThere()
    {
        var older = NewBroker(newer: 0);
        var sent = await PublishAsync(older, 20);
        var held = await (await ConsumeAsync(older, 5)).NextAsync(5);

        var hosts = new[] { NewBroker(newer: 1), NewBroker(newer: 1) };
        await Task.WhenAll(hosts.Select(host => host.DeclareAsync(Queue, CancellationToken.None).AsTask())).Within();

        (await VersionsAsync()).Should().Equal(1, 2);
        (await ScalarAsync("select count(*) from celerynet.message where note = 'migrated'")).Should().Be(20, "the step ran over every row");
        (await hosts[0].InspectAsync(Queue.Name, CancellationToken.None)).Should().Be(new QueueCounts(15, 5, 0), "what a worker of the older version holds stays with it");
        var rest = await (await ConsumeAsync(hosts[1], 100)).NextAsync(15);
        rest.Concat(held).Select(delivery => delivery.Message.Id).Should().BeEquivalentTo(sent);
    }

    [SkippableFact]
    public async Task Migration_WhileOlderHostsWork_LetsThemGoOn()
    {
        var older = NewBroker(newer: 0);
        var consumer = await ConsumeAsync(older, 10);
        var sending = PublishAsync(older, 200);

        await NewBroker(newer: 1).DeclareAsync(Queue, CancellationToken.None).Within();

        var received = new HashSet<string>();
        while (received.Count < 200) received.Add((await consumer.TakeAsync()).Message.Id!);
        received.Should().BeEquivalentTo(await sending.Within());
    }

    [SkippableFact]
    public async Task Start_OfAnOlderHostAfterwards_IsRefused()
    {
        await NewBroker(newer: 1).DeclareAsync(Queue, CancellationToken.None).Within();

        var start = async () => await NewBroker(newer: 0).DeclareAsync(Queue, CancellationToken.None);

        await start.Should().ThrowAsync<TaskQueueConfigurationException>().WithMessage("*have version 2, which is newer than the 1 this program knows. Update the program.*");
    }

    [SkippableFact]
    public async Task Migration_ThatFails_LeavesTheTablesAsTheyWere()
    {
        var sent = await PublishAsync(NewBroker(newer: 0), 3);

        var start = async () => await NewBroker(newer: 1, $"{NextStep};\ninsert into celerynet.missing values (1)").DeclareAsync(Queue, CancellationToken.None);

        await start.Should().ThrowAsync<BrokerUnavailableException>();
        (await VersionsAsync()).Should().Equal(1);
        await NewBroker(newer: 1).DeclareAsync(Queue, CancellationToken.None).Within();
        (await VersionsAsync()).Should().Equal(1, 2);
        (await NewBroker(newer: 1).PeekAsync(Queue.Name, 10, CancellationToken.None)).Select(delivery => delivery.Message.Id).Should().Equal(sent);
    }

    [SkippableFact]
    public async Task Start_OfANewerHostThatMayNotMigrate_SaysWhatToRun()
    {
        await NewBroker(newer: 0).DeclareAsync(Queue, CancellationToken.None).Within();

        var start = async () => await NewBroker(newer: 1, managesSchema: false).DeclareAsync(Queue, CancellationToken.None);

        await start.Should().ThrowAsync<TaskQueueConfigurationException>().WithMessage("*have version 1, this program needs 2. Run the script that SqlSchema prints, or set Sql.ManagesSchema to true.*");
    }

    /// <summary>Starts a host of the newer version.</summary>
    protected Task StartNewerAsync() => NewBroker(newer: 1).DeclareAsync(Queue, CancellationToken.None).AsTask();

    /// <summary>Asks as a plain client of the database would.</summary>
    protected abstract Task<long> ScalarAsync(string sql);

    /// <summary>How the table of a statement is named in the database.</summary>
    protected abstract string Named(string sql);

    private async Task<List<long>> VersionsAsync()
    {
        var versions = new List<long>();
        for (var version = 1; version <= 3; version++)
        {
            var count = await ScalarAsync($"select count(*) from celerynet.schema_version where version = {version}");
            for (var i = 0; i < count; i++) versions.Add(version);
        }

        return versions;
    }

    private SqlBroker NewBroker(int newer, string? step = null, bool managesSchema = true)
    {
        var services = new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(10) });
        var database = DatabaseFactory.Open(ConnectionString.ParseAll(Url)[0], new SqlOptions { ManagesSchema = managesSchema }, services, typeof(SqlBroker));
        string[] scripts = [.. database.Statements.SchemaScripts()];
        string[] further = newer == 0 ? [] : [Named($"{step ?? NextStep};\ninsert into celerynet.schema_version (version, applied) values ({scripts.Length + 1}, 0);")];
        database.Preparation = (one, read, write, limit, logger, cancellationToken) => SchemaUpdate.RunAsync([.. scripts, .. further], one, read, write, limit, logger, cancellationToken);
        var broker = new SqlBroker(database, services);
        _owned.Add(broker);
        return broker;
    }

    private async Task<List<string>> PublishAsync(SqlBroker broker, int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var message = TestMessages.New();
            await broker.PublishAsync(message, Route.To(Queue), CancellationToken.None);
            ids.Add(message.Id!);
        }

        return ids;
    }

    private async Task<IBrokerConsumer> ConsumeAsync(SqlBroker broker, int prefetch) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = [Queue], Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None).Within();
}
