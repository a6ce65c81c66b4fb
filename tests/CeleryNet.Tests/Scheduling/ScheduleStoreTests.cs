using CeleryNet.Contracts;
using CeleryNet.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Tests.Scheduling;

/// <summary>The store of one process.</summary>
public sealed class MemoryScheduleStoreTests : ScheduleStoreContract
{
    private readonly MemoryScheduleStore _store = new();

    protected override IScheduleStore CreateStore() => _store;
}

/// <summary>The store in a file, opened several times as by several processes.</summary>
public sealed class FileScheduleStoreTests : ScheduleStoreContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-beat-").FullName;

    private string FilePath => Path.Combine(_folder, "state", "beat.json");

    protected override IScheduleStore CreateStore() => new FileScheduleStore(FilePath, TimeProvider.System, NullLogger.Instance);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("{\"format\":1,\"beats\":{\"beat\":{\"vers")]
    [InlineData("")]
    [InlineData("{\"format\":99,\"beats\":{}}")]
    [InlineData("[1]")]
    [InlineData("{\"format\":1,\"beats\":{\"beat\":{\"version\":1,\"entries\":[{\"name\":\"a\"}],\"progress\":[]}}}")]
    public async Task Load_DamagedFile_KeepsItAsideAndBeginsAnew(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        await File.WriteAllTextAsync(FilePath, content);
        var store = Open();

        var schedule = await store.LoadAsync("beat", CancellationToken.None).Within();
        await store.SaveAsync("beat", [new StoredEntry("a", "{}", DateTimeOffset.UnixEpoch, EntryOrigin.Code)], CancellationToken.None).Within();

        schedule.Entries.Should().BeEmpty();
        var aside = Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "beat.json.damaged-*").Should().ContainSingle().Subject;
        (await File.ReadAllTextAsync(aside)).Should().Be(content);
        (await Open().LoadAsync("beat", CancellationToken.None).Within()).Entries.Should().ContainSingle();
    }

    [Fact]
    public async Task Save_ManyAtOnceByManyStores_LosesNothing()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(async () =>
            await stores[i % stores.Count].SaveAsync("beat", [new StoredEntry($"entry-{i}", "{}", DateTimeOffset.UnixEpoch, EntryOrigin.Added)], CancellationToken.None))));

        var schedule = await Open().LoadAsync("beat", CancellationToken.None).Within();
        schedule.Entries.Should().HaveCount(60);
        schedule.Version.Should().Be(60);
    }

    // A reader that never locks sees the old or the new file, never a part of one.
    [Fact]
    public async Task Save_WhileOthersReadTheFile_IsNeverHalfWritten()
    {
        var store = Open();
        await store.SaveAsync("beat", [.. Enumerable.Range(0, 500).Select(i => new StoredEntry($"entry-{i}", "{}", DateTimeOffset.UnixEpoch, EntryOrigin.Added))], CancellationToken.None).Within();
        using var done = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested || reads < 20; reads++) ScheduleFile.Read(File.ReadAllBytes(FilePath))["beat"].ToSchedule().Entries.Should().HaveCount(500);
            return reads;
        });

        for (var i = 1; i <= 30; i++)
            await store.SaveProgressAsync("beat", [new EntryProgress("entry-1", DateTimeOffset.UnixEpoch.AddSeconds(i), DateTimeOffset.UnixEpoch, i)], CancellationToken.None).Within();
        await done.CancelAsync();

        (await reading.Within()).Should().BeGreaterThanOrEqualTo(20);
    }

    [Fact]
    public async Task Load_FolderThatCannotBe_SaysWhichFile()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "state"), "a file where the folder should be");

        var load = () => Open().LoadAsync("beat", CancellationToken.None).Within();

        (await load.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Contain(FilePath).And.Contain("CN5001");
    }
}
