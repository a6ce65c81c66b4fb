using CeleryNet.Contracts;
using Microsoft.Data.Sqlite;

namespace CeleryNet.Samples.Tests;

public sealed class WordCountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-wordcount-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Folder_IsCounted()
    {
        File.WriteAllText(Path.Combine(_folder, "one.txt"), "salt, pepper, SALT");
        File.WriteAllText(Path.Combine(_folder, "two.txt"), "salt");
        await using var sample = Sample.Start("01.WordCount", _folder);

        var printed = await sample.EndAsync();

        printed.Should().Contain("2 of 2 files counted").And.MatchRegex("4 words, 2 different, in .* s").And.MatchRegex(" 3 salt\n +1 pepper$");
    }

    [Fact]
    public async Task SqliteFile_WorkersInSeveralProcessesOfWhichOneIsKilled_CountAllFiles()
    {
        const int Files = 300;
        var texts = Directory.CreateDirectory(Path.Combine(_folder, "texts")).FullName;
        for (var i = 0; i < Files; i++) File.WriteAllText(Path.Combine(texts, $"{i}.txt"), "salt pepper salt");
        var broker = $"sqlite:///{Path.Combine(_folder, "words.db")}"; // four slashes, since the path is absolute
        await using var killed = Sample.Start("01.WordCount", "--broker", broker, "--worker");
        await killed.PrintsAsync("Application started");
        await using var client = Sample.Start("01.WordCount", texts, "--broker", broker);
        await client.PrintsAsync("25 of 300 files counted");

        await killed.DisposeAsync();
        await using var next = Sample.Start("01.WordCount", "--broker", broker, "--worker");
        await using var another = Sample.Start("01.WordCount", "--broker", broker, "--worker");
        var printed = await client.EndAsync();

        printed.Should().Contain("300 of 300 files counted").And.Contain("900 words, 2 different").And.MatchRegex(" 600 salt\n +300 pepper$");
    }

    [Fact]
    public async Task SqliteFile_ClientAndWorkersKilledAndStartedAgain_FinishEveryTask()
    {
        const int Files = 200;
        var texts = Directory.CreateDirectory(Path.Combine(_folder, "texts")).FullName;
        for (var i = 0; i < Files; i++) File.WriteAllText(Path.Combine(texts, $"{i}.txt"), "salt pepper salt");
        var file = Path.Combine(_folder, "words.db");
        string[] worker = ["--broker", $"sqlite:///{file}", "--worker"];
        await using (var client = Sample.Start("01.WordCount", texts, "--broker", $"sqlite:///{file}"))
        {
            await client.PrintsAsync($"Sending {Files} tasks");
            await Eventually.IsTrueAsync(() => Ask(file, "select count(*) from celerynet_message") == Files, TimeSpan.FromSeconds(60));
        }

        for (var kill = 1; kill <= 2; kill++)
        {
            await using var killed = Sample.Start("01.WordCount", worker);
            await Eventually.IsTrueAsync(() => Ask(file, "select count(*) from celerynet_result where state = 'SUCCESS'") >= kill * 10, TimeSpan.FromSeconds(60));
        }

        await using var last = Sample.Start("01.WordCount", worker);
        await Eventually.IsTrueAsync(() => Ask(file, "select count(*) from celerynet_message") == 0, TimeSpan.FromSeconds(90)); // what a killed one held comes back when its lease ends

        Ask(file, "select count(*) from celerynet_result where state = 'SUCCESS'").Should().Be(Files);
    }

    // Before the tables are there the answer is -1.
    private static long Ask(string file, string sql)
    {
        if (!File.Exists(file)) return -1;
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where name in ('celerynet_message', 'celerynet_result')";
        if ((long)command.ExecuteScalar()! < 2) return -1; // a count always answers
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    [SkippableFact]
    public async Task PythonScript_IsAnsweredByTheWorker()
    {
        Installed.RequirePython("celery");
        var redis = Ports.Redis(11);
        var text = Path.Combine(_folder, "one.txt");
        File.WriteAllText(text, "salt pepper salt");
        await using var worker = Sample.Start("01.WordCount", "--broker", redis, "--worker");
        await using var script = Sample.Run("/usr/bin/python3", "samples/01.WordCount/enqueue.py", redis, text);

        (await script.EndAsync()).Should().Be($"{text}: 3 words, most often salt, pepper");
    }
}
