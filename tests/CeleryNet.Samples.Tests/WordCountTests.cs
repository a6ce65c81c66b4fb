using System.Text.RegularExpressions;
using CeleryNet.Contracts;

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

    [SkippableFact]
    public async Task PythonScript_IsAnsweredByTheWorker()
    {
        var redis = Regex.Replace(TestServers.Redis, "/[0-9]*$", "/11"); // the sample's queue has the usual name
        var text = Path.Combine(_folder, "one.txt");
        File.WriteAllText(text, "salt pepper salt");
        await using var worker = Sample.Start("01.WordCount", "--broker", redis, "--worker");
        await using var script = Sample.Run("/usr/bin/python3", "samples/01.WordCount/enqueue.py", redis, text);

        (await script.EndAsync()).Should().Be($"{text}: 3 words, most often salt, pepper");
    }
}
