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
