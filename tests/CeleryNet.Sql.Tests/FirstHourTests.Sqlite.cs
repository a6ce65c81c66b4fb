using System.Diagnostics;

namespace CeleryNet.Sql.Tests;

/// <content>SQLite.</content>
public sealed partial class FirstHourTests
{
    private const string MakeWritable = "Make the file and its folder writable for the user of this process.";

    [Fact]
    public async Task Sqlite_FolderMissing()
    {
        using var folder = new SqliteFolder();
        var missing = Path.Combine(folder.Path, "data");

        await SqliteSaysAsync(Path.Combine(missing, "tasks.db"), $"the folder '{missing}' does not exist. Create it, or correct the path: three slashes begin a relative one, four an absolute one.");
    }

    [Fact]
    public async Task Sqlite_PathOfAFolder()
    {
        using var folder = new SqliteFolder();

        await SqliteSaysAsync(folder.Path, "it is a folder. Name a file in it.");
    }

    [Fact]
    public async Task Sqlite_FileOfSomethingElse()
    {
        using var folder = new SqliteFolder();
        await File.WriteAllTextAsync(folder.File, new string('x', 4096));

        await SqliteSaysAsync(folder.File, "the file is damaged, or is no SQLite database. Restore it from a copy, or choose another file.");
    }

    [SkippableFact]
    public async Task Sqlite_FileOnADiskThatIsReadOnly()
    {
        var mount = Directory.CreateTempSubdirectory("celerynet-readonly-").FullName;
        Skip.IfNot(await ShellAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", mount), "Only root can mount a disk, and nothing else keeps root from writing.");
        try
        {
            var file = Path.Combine(mount, "tasks.db");
            await using (var broker = new SqlBroker(Brokers.ConnectionString.ParseAll($"sqlite:///{file}")[0]))
            {
                await broker.DeclareAsync(new Brokers.QueueDefinition("other"), CancellationToken.None);
            }

            (await ShellAsync("mount", "-o", "remount,ro", mount)).Should().BeTrue();

            await SqliteSaysAsync(file, $"the file cannot be opened for writing. {MakeWritable}");
        }
        finally
        {
            await ShellAsync("umount", mount);
            Directory.Delete(mount);
        }
    }

    [SkippableFact]
    public async Task Sqlite_FileThatIsReadOnly()
    {
        using var folder = new SqliteFolder();
        await using (var broker = new SqlBroker(Brokers.ConnectionString.ParseAll(folder.Url)[0]))
        {
            await broker.DeclareAsync(new Brokers.QueueDefinition("other"), CancellationToken.None);
        }

        // Root may write whatever the mode of the file says, but not through a mount that is read-only.
        Skip.IfNot(await ShellAsync("mount", "--bind", folder.File, folder.File), "Only root can mount a file.");
        try
        {
            (await ShellAsync("mount", "-o", "remount,ro,bind", folder.File)).Should().BeTrue();

            await SqliteSaysAsync(folder.File, $"the file or its folder is read-only. {MakeWritable}");
        }
        finally
        {
            await ShellAsync("umount", folder.File);
        }
    }

    private static Task SqliteSaysAsync(string file, string reason) => SaysAsync($"sqlite:///{file}", $"SQLite at {file}", reason, TimeSpan.FromSeconds(2));

    private static async Task<bool> ShellAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!; // it is on every Linux
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
