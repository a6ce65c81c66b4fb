using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;

namespace CeleryNet.Sql.Tests.Postgres;

/// <summary>The messages of a real PostgreSQL are on a disk of 16 MB.</summary>
public sealed class PostgresDiskTests(PostgresSchema schema) : IClassFixture<PostgresSchema>
{
    [SkippableFact]
    public async Task Publish_DiskFull_SaysSoAndGoesOnWhenThereIsRoom()
    {
        var (mount, space, queue) = (Directory.CreateTempSubdirectory("celerynet-full-").FullName, $"space_{Guid.NewGuid():n}", new QueueDefinition($"tests-{Guid.NewGuid():n}"));
        var url = schema.Url;
        Skip.IfNot(await ShellAsync("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", mount), "Only root can mount a small disk.");
        try
        {
            await using var broker = new SqlBroker(ConnectionString.ParseAll(url)[0], null, new TestServices(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(3) }));
            await broker.DeclareAsync(queue, CancellationToken.None);
            var tables = Path.Combine(mount, "tables");
            Directory.CreateDirectory(tables);
            (await ShellAsync("chmod", "755", mount) && await ShellAsync("chown", "postgres", tables)).Should().BeTrue("the server runs as this user where root starts it");
            await schema.ExecuteAsync($"create tablespace {space} location '{tables}'");
            await schema.ExecuteAsync($"alter table {schema.Name}.message set tablespace {space}");
            var ballast = Path.Combine(mount, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[8 * 1024 * 1024]);
            var sent = new List<string>();

            var fill = async () =>
            {
                while (true) sent.Add((await PublishAsync(broker, queue, 256 * 1024)).Id!);
            };
            var error = (await fill.Should().ThrowAsync<PublishException>()).Which;
            File.Delete(ballast);
            sent.Add((await PublishAsync(broker, queue, 1)).Id!);

            error.Message.Should().Contain("full").And.EndWith("[CN1005]");
            (await broker.PeekAsync(queue.Name, 1000, CancellationToken.None)).Select(delivery => delivery.Message.Id).Should().Equal(sent, "what was taken is kept, and nothing else");
        }
        finally
        {
            await schema.ExecuteAsync($"drop schema if exists {schema.Name} cascade");
            await schema.ExecuteAsync($"drop tablespace if exists {space}");
            await ShellAsync("umount", mount);
            Directory.Delete(mount);
        }
    }

    // Random, as what can be compressed takes no room.
    private static async Task<TaskMessage> PublishAsync(SqlBroker broker, QueueDefinition queue, int bytes)
    {
        var body = new byte[bytes];
        Random.Shared.NextBytes(body);
        var message = TestMessages.New(body: body);
        await broker.PublishAsync(message, Route.To(queue), CancellationToken.None);
        return message;
    }

    private static async Task<bool> ShellAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // it is on every Linux
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
