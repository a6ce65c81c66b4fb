using CeleryNet.Control;

namespace CeleryNet.Contracts;

/// <summary>What every store of revocations promises. A test has a store of its own, and may open it several times, as several workers do.</summary>
public abstract class RevocationStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(3);

    private readonly List<IRevocationStore> _opened = [];

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _opened.OfType<IAsyncDisposable>()) await store.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task Load_NothingAdded_IsEmpty()
    {
        var store = Open();

        (await LoadAsync(store)).Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Load_ByAnother_HasWhatWasAddedWithItsTime()
    {
        var revocations = new[]
        {
            Revocation.OfTask("4c8f2f0e-0000-4000-8000-000000000001"), new Revocation("tenant", "blue"), new Revocation("", "of an empty name"), Revocation.OfTask("日本 \"'\\\n[,]"),
        };
        await Open().AddAsync(revocations, Long, CancellationToken.None).Within();

        var loaded = await LoadAsync(Open());

        loaded.Select(entry => entry.Revocation).Should().BeEquivalentTo(revocations);
        loaded.Should().OnlyContain(entry => entry.Remaining <= Long && entry.Remaining > Long - TimeSpan.FromMinutes(1));
    }

    [SkippableFact]
    public async Task Load_Limited_HasTheNewestFirst()
    {
        var store = Open();
        foreach (var id in new[] { "first", "second", "third" }) await store.AddAsync([Revocation.OfTask(id)], Long, CancellationToken.None).Within();

        var two = await LoadAsync(store, 2);

        two.Select(entry => entry.Revocation.Value).Should().Equal("third", "second");
    }

    [SkippableFact]
    public async Task Add_Again_KeepsItAnew()
    {
        var store = Open();
        await store.AddAsync([Revocation.OfTask("task")], TimeSpan.FromMinutes(1), CancellationToken.None).Within();

        await store.AddAsync([Revocation.OfTask("task")], Long, CancellationToken.None).Within();

        (await LoadAsync(store)).Should().ContainSingle().Which.Remaining.Should().BeGreaterThan(TimeSpan.FromHours(1));
    }

    [SkippableFact]
    public async Task Add_ForAShortTime_IsForgottenAfterIt()
    {
        var store = Open();
        await store.AddAsync([Revocation.OfTask("long")], Long, CancellationToken.None).Within();

        await store.AddAsync([Revocation.OfTask("short")], TimeSpan.FromMilliseconds(500), CancellationToken.None).Within();

        await Eventually.IsTrueAsync(async () => (await LoadAsync(store)) is [{ Revocation.Value: "long" }]);
    }

    [SkippableFact]
    public async Task Add_ManyAndNone_AreAllKept()
    {
        var store = Open();
        var many = Enumerable.Range(0, 2500).Select(i => Revocation.OfTask($"task-{i}")).ToList();

        await store.AddAsync([], Long, CancellationToken.None).Within();
        await store.AddAsync(many, Long, CancellationToken.None).Within();

        var loaded = await LoadAsync(store, 10_000);
        loaded.Should().HaveCount(many.Count);
        loaded.Select(entry => entry.Revocation).ToHashSet().SetEquals(many).Should().BeTrue();
    }

    /// <summary>Opens the store of this test.</summary>
    protected abstract IRevocationStore CreateStore();

    /// <summary>Opens the store of this test once more; disposed after it.</summary>
    protected IRevocationStore Open()
    {
        var store = CreateStore();
        _opened.Add(store);
        return store;
    }

    private static Task<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(IRevocationStore store, int limit = 100) =>
        store.LoadAsync(limit, CancellationToken.None).Within();
}
