using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Sql.Tests.Sqlite;

/// <summary>What happens when others lock the file, the disk is full and hosts start together.</summary>
public sealed class SqliteFaultTests(SqliteFolder folder) : IClassFixture<SqliteFolder>, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly QueueDefinition _queue = new($"tests-{Guid.NewGuid():n}");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [Fact]
    public async Task Publish_FileLockedByAnother_SaysWhyWithoutTheDriversWordsAndGoesOnAfterwards()
    {
        var broker = NewBroker(folder.Url, TimeSpan.FromSeconds(1));
        await PublishAsync(broker);
        await using var holder = await LockAsync(folder.File);

        var publish = async () => await PublishAsync(broker);
        var error = (await publish.Should().ThrowAsync<PublishException>()).Which;
        await RunAsync(holder, "rollback");

        error.Message.Should().Contain("another process").And.NotContain("database is locked").And.EndWith("[CN1005]");
        error.MayHaveBeenTaken.Should().BeFalse("it had not begun");
        await PublishAsync(broker);
    }

    [Fact]
    public async Task Publish_FileLockedForAMoment_WaitsForIt()
    {
        var broker = NewBroker(folder.Url);
        await PublishAsync(broker);
        await using var holder = await LockAsync(folder.File);

        var publishing = PublishAsync(broker);
        await RunAsync(holder, "rollback");

        await publishing.Within();
    }

    [Fact]
    public async Task Publish_OneOfManyInATransactionFails_TheOthersAreWrittenOnce()
    {
        var broker = NewBroker(folder.Url);
        await PublishAsync(broker);
        await using var holder = await LockAsync(folder.File); // until it lets go, whatever comes collects for one transaction

        var before = Enumerable.Range(0, 20).Select(_ => PublishAsync(broker)).ToList();
        var mismatch = broker.PublishAsync(TestMessages.New(), Route.To(_queue.WithArgument("x-max-length", 5)), CancellationToken.None).AsTask();
        var after = Enumerable.Range(0, 20).Select(_ => PublishAsync(broker)).ToList();
        await RunAsync(holder, "rollback");

        var refused = async () => await mismatch;
        (await refused.Should().ThrowAsync<PublishException>()).WithMessage("*exists with other arguments*");
        var sent = (await Task.WhenAll([.. before, .. after]).Within()).Select(message => message.Id);
        (await broker.PeekAsync(_queue.Name, 1000, CancellationToken.None)).Select(delivery => delivery.Message.Id).Skip(1).Should().BeEquivalentTo(sent);
    }

    [Fact]
    public async Task Consume_WrittenByAnotherConnection_IsWokenWithoutBeingTold()
    {
        var broker = NewBroker(folder.Url);
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [_queue], Prefetch = 10, NodeName = "celery@tests" }, CancellationToken.None);
        await PublishAsync(broker);
        await consumer.TakeAsync();
        await PublishAsync(broker);
        var copy = await consumer.NextAsync();
        await using var stranger = new SqliteConnection($"Data Source={folder.File};Pooling=false");
        await stranger.OpenAsync();

        var started = Stopwatch.GetTimestamp();
        await RunAsync(stranger, $"insert into celerynet_message (queue, priority, content) select queue, priority, content from celerynet_message where queue = '{_queue.Name}' order by id desc limit 1"); // the one before may not be gone yet
        var woken = await consumer.NextAsync();

        woken.Message.Id.Should().Be(copy.Message.Id);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(1), "it looks every 20 ms; the rest is for a busy machine");
    }

    [SkippableFact]
    public async Task Publish_DiskFull_SaysSoAndGoesOnWhenThereIsRoom()
    {
        var mount = Directory.CreateTempSubdirectory("celerynet-full-").FullName;
        Skip.IfNot(await ShellAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount), "Only root can mount a small disk.");
        try
        {
            var broker = NewBroker($"sqlite:///{Path.Combine(mount, "tasks.db")}", TimeSpan.FromSeconds(1));
            var sent = new List<string> { (await PublishAsync(broker)).Id! };
            var ballast = Path.Combine(mount, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[4 * 1024 * 1024]);

            var fill = async () =>
            {
                while (true) sent.Add((await PublishAsync(broker, new byte[256 * 1024])).Id!);
            };
            var error = (await fill.Should().ThrowAsync<PublishException>()).Which;
            File.Delete(ballast);
            sent.Add((await PublishAsync(broker)).Id!);

            error.Message.Should().Contain("full").And.EndWith("[CN1005]");
            var kept = await broker.PeekAsync(_queue.Name, 1000, CancellationToken.None);
            kept.Select(delivery => delivery.Message.Id).Should().Equal(sent, "what was taken is kept, and nothing else");
            await broker.DisposeAsync();
        }
        finally
        {
            await ShellAsync("umount", mount);
            Directory.Delete(mount);
        }
    }

    [Fact]
    public async Task Start_OfManyOnAnEmptyFile_MakesTheTablesOnce()
    {
        var url = folder.NewUrl();
        var file = url["sqlite:///".Length..];
        // The process has one writer for a file; strangers with connections of their own are like other processes.
        var strangers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            await using var holder = await LockAsync(file);
            await RunAsync(holder, "commit");
        }));
        var brokers = Enumerable.Range(0, 3).Select(_ => NewBroker(url)).ToList();

        await Task.WhenAll([.. strangers, .. brokers.Select(broker => broker.DeclareAsync(_queue, CancellationToken.None).AsTask())]).Within();

        await using var look = new SqliteConnection($"Data Source={file};Pooling=false");
        await look.OpenAsync();
        await using var command = look.CreateCommand();
        command.CommandText = "select count(*) from celerynet_schema_version";
        (await command.ExecuteScalarAsync()).Should().Be(1L);
    }

    [Theory]
    [InlineData("sqlite://host/tasks.db", "three slashes")]
    [InlineData("sqlite://", "names no file")]
    [InlineData("sqlite:///:memory:", "memory://")]
    [InlineData("sqlite:///tasks.db?mode=ro", "'mode'")]
    [InlineData("sqlite:///a.db;sqlite:///b.db", "one URL")]
    public void Url_ThatCannotBeUsed_SaysWhatToWrite(string url, string part)
    {
        var create = () => SqlBrokerFactory.CreateBroker(new TestServices(), ConnectionString.ParseAll(url));

        create.Should().Throw<TaskQueueConfigurationException>().WithMessage($"*{part}*");
    }

    private SqlBroker NewBroker(string url, TimeSpan? publishTimeout = null)
    {
        var broker = new SqlBroker(ConnectionString.ParseAll(url)[0], null, new TestServices(new BrokerSettings { PublishTimeout = publishTimeout ?? TimeSpan.FromSeconds(10) }));
        _owned.Add(broker);
        return broker;
    }

    private async Task<TaskMessage> PublishAsync(SqlBroker broker, byte[]? body = null)
    {
        var message = TestMessages.New(body: body);
        await broker.PublishAsync(message, Route.To(_queue), CancellationToken.None);
        return message;
    }

    private static async Task<SqliteConnection> LockAsync(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await RunAsync(connection, "begin immediate");
        return connection;
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<bool> ShellAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // it is on every Linux
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
