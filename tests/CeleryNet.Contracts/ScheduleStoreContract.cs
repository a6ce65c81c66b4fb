using CeleryNet.Scheduling;

namespace CeleryNet.Contracts;

/// <summary>What every <see cref="IScheduleStore"/> promises. A test has a store of its own, and may open it several times, as several beats do.</summary>
public abstract class ScheduleStoreContract : IAsyncLifetime
{
    private const string Definition = """{"task":"mail.digest","args":[1,"ä \" 日本"],"schedule":{"cron":"0 8 * * mon","zone":"Europe/Berlin"}}""";

    private static readonly DateTimeOffset Since = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddTicks(1_234_567);

    private readonly List<IScheduleStore> _opened = [];

    /// <summary>Name of the beat, of the test's own.</summary>
    protected string Beat { get; } = $"beat-{Guid.NewGuid():N}";

    /// <summary>Name of another beat of the test's own.</summary>
    protected string OtherBeat => Beat + "-other";

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _opened)
        {
            if (store is IAsyncDisposable later) await later.DisposeAsync().AsTask().Within();
            else (store as IDisposable)?.Dispose();
        }
    }

    [SkippableFact]
    public async Task Load_NothingSaved_IsEmpty()
    {
        var schedule = await LoadAsync(Open());

        schedule.Entries.Should().BeEmpty();
        schedule.Progress.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Load_ByAnother_HasWhatWasSaved()
    {
        StoredEntry[] entries = [Entry("digest"), Entry("日本 \"'\\:", EntryOrigin.Changed), Entry("with spaces", EntryOrigin.Added)];
        var progress = new EntryProgress("digest", Since.AddHours(1), Since.AddHours(1).AddTicks(7), 42);
        var store = Open();
        await SaveAsync(store, entries);
        await store.SaveProgressAsync(Beat, [progress], CancellationToken.None).Within();

        var schedule = await LoadAsync(Open());

        schedule.Entries.Should().BeEquivalentTo(entries);
        schedule.Progress.Should().Equal(progress);
    }

    [SkippableFact]
    public async Task Save_KnownName_ReplacesItAndKeepsItsProgress()
    {
        var store = Open();
        await SaveAsync(store, Entry("digest"));
        await store.SaveProgressAsync(Beat, [Progress("digest", 3)], CancellationToken.None).Within();

        await SaveAsync(store, Entry("digest", EntryOrigin.Changed));

        var schedule = await LoadAsync(store);
        schedule.Entries.Should().ContainSingle().Which.Origin.Should().Be(EntryOrigin.Changed);
        schedule.Progress.Should().Equal(Progress("digest", 3));
    }

    [SkippableFact]
    public async Task Version_AfterEachChangeOfAnEntry_IsAnother()
    {
        var (store, other) = (Open(), Open());
        var versions = new List<long> { await VersionAsync(other) };

        await SaveAsync(store, Entry("a"));
        versions.Add(await VersionAsync(other));
        await SaveAsync(other, Entry("a", EntryOrigin.Changed));
        versions.Add(await VersionAsync(store));
        await store.SaveProgressAsync(Beat, [Progress("a", 1)], CancellationToken.None).Within();
        var afterProgress = await VersionAsync(other);
        await store.RemoveAsync(Beat, "a", CancellationToken.None).Within();
        versions.Add(await VersionAsync(other));

        versions.Should().OnlyHaveUniqueItems();
        afterProgress.Should().Be(versions[2], "only entries count");
        (await LoadAsync(other)).Version.Should().Be(versions[3]);
    }

    [SkippableFact]
    public async Task Remove_Known_TakesItsProgressAlong()
    {
        var store = Open();
        await SaveAsync(store, Entry("a"), Entry("b"));
        await store.SaveProgressAsync(Beat, [Progress("a", 1), Progress("b", 1)], CancellationToken.None).Within();

        var isRemoved = await store.RemoveAsync(Beat, "a", CancellationToken.None).Within();
        var isRemovedAgain = await Open().RemoveAsync(Beat, "a", CancellationToken.None).Within();

        (isRemoved, isRemovedAgain).Should().Be((true, false));
        var schedule = await LoadAsync(store);
        schedule.Entries.Select(entry => entry.Name).Should().Equal("b");
        schedule.Progress.Select(each => each.Name).Should().Equal("b");
    }

    [SkippableFact]
    public async Task SaveProgress_BehindWhatIsKept_ChangesNothing()
    {
        var (leader, former) = (Open(), Open());
        await SaveAsync(leader, Entry("a"), Entry("b"));
        await leader.SaveProgressAsync(Beat, [Progress("a", 10), Progress("b", 10)], CancellationToken.None).Within();

        await former.SaveProgressAsync(Beat, [Progress("a", 9), Progress("b", 11)], CancellationToken.None).Within();

        (await LoadAsync(leader)).Progress.Should().BeEquivalentTo([Progress("a", 10), Progress("b", 11)]);
    }

    [SkippableFact]
    public async Task SaveProgress_OfAnEntryThatWasRemoved_IsLeftOut()
    {
        var store = Open();
        await SaveAsync(store, Entry("a"));
        await store.RemoveAsync(Beat, "a", CancellationToken.None).Within();

        await store.SaveProgressAsync(Beat, [Progress("a", 1)], CancellationToken.None).Within();

        (await LoadAsync(store)).Progress.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Beats_OfDifferentNames_DoNotSeeEachOther()
    {
        var store = Open();
        await SaveAsync(store, Entry("a"));

        await store.SaveAsync(OtherBeat, [Entry("b")], CancellationToken.None).Within();
        await store.RemoveAsync(OtherBeat, "a", CancellationToken.None).Within();

        (await LoadAsync(store)).Entries.Select(entry => entry.Name).Should().Equal("a");
        (await store.LoadAsync(OtherBeat, CancellationToken.None).Within()).Entries.Select(entry => entry.Name).Should().Equal("b");
    }

    [SkippableFact]
    public async Task Save_ThousandsAtOnce_KeepsAll()
    {
        var store = Open();
        var names = Enumerable.Range(0, 2_500).Select(i => $"entry-{i}").ToList();

        await SaveAsync(store, [.. names.Select(name => Entry(name))]);
        await store.SaveProgressAsync(Beat, [.. names.Select(name => Progress(name, 1))], CancellationToken.None).Within();

        var schedule = await LoadAsync(Open());
        schedule.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal).Should().Equal(names.Order(StringComparer.Ordinal)); // comparing without order takes half a minute
        schedule.Progress.Should().HaveCount(names.Count);
    }

    /// <summary>Opens the store of this test once more.</summary>
    protected abstract IScheduleStore CreateStore();

    /// <summary>Opens the store of this test; it is closed after the test.</summary>
    protected IScheduleStore Open()
    {
        var store = CreateStore();
        _opened.Add(store);
        return store;
    }

    private static StoredEntry Entry(string name, EntryOrigin origin = EntryOrigin.Code) => new(name, Definition, Since, origin);

    private static EntryProgress Progress(string name, int runs) => new(name, Since.AddMinutes(runs), Since.AddMinutes(runs).AddMilliseconds(3), runs);

    private Task SaveAsync(IScheduleStore store, params StoredEntry[] entries) => store.SaveAsync(Beat, entries, CancellationToken.None).Within();

    private Task<StoredSchedule> LoadAsync(IScheduleStore store) => store.LoadAsync(Beat, CancellationToken.None).Within();

    private Task<long> VersionAsync(IScheduleStore store) => store.GetVersionAsync(Beat, CancellationToken.None).Within();
}
