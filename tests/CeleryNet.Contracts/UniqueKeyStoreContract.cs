using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every store of unique keys promises. A test has a store of its own, and may open it several times, as several hosts do.</summary>
public abstract class UniqueKeyStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private readonly List<IUniqueKeyStore> _opened = [];

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _opened.OfType<IAsyncDisposable>().Distinct()) await store.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task Reserve_ByTheSecond_TellsTheFirst()
    {
        var (one, other) = (Open(), Open());

        var answers = new[] { await ReserveAsync(one, "a"), await ReserveAsync(other, "b"), await ReserveAsync(other, "a"), await ReserveAsync(other, "c", "another: 日本 key") };

        answers.Should().Equal(null, "a", "a", null);
    }

    [SkippableFact]
    public async Task Reserve_AtOnceByMany_AdmitsOne()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => ReserveAsync(stores[i % 4], $"task {i}")))).Within();

        answers.Count(former => former is null).Should().Be(1);
        answers.Where(former => former is not null).Distinct().Should().ContainSingle("all others see the same one");
    }

    [SkippableFact]
    public async Task Reserve_Replacing_TakesTheKey()
    {
        var (one, other) = (Open(), Open());
        await ReserveAsync(one, "a");

        var former = await other.ReserveAsync("key", "b", Long, replace: true, CancellationToken.None).Within();

        former.Should().Be("a");
        (await one.ReleaseAsync("key", "a", CancellationToken.None).Within()).Should().BeFalse("it has lost the key");
        (await ReserveAsync(one, "c")).Should().Be("b");
    }

    [SkippableFact]
    public async Task Reserve_WhenTheTimeIsOver_IsFree()
    {
        var store = Open();
        await store.ReserveAsync("key", "a", Short, replace: false, CancellationToken.None).Within();

        await PassAsync(Short, async () => await ReserveAsync(store, "b") is null);
    }

    [SkippableFact]
    public async Task Release_ByItsTask_FreesTheKey()
    {
        var (one, other) = (Open(), Open());
        await ReserveAsync(one, "a");

        var wrong = await other.ReleaseAsync("key", "b", CancellationToken.None).Within();
        var right = await other.ReleaseAsync("key", "a", CancellationToken.None).Within();

        (wrong, right).Should().Be((false, true));
        (await ReserveAsync(one, "b")).Should().BeNull();
    }

    [SkippableFact]
    public async Task Renew_KeepsTheKeyAnew()
    {
        var store = Open();
        await store.ReserveAsync("key", "a", Short, replace: false, CancellationToken.None).Within();

        (await store.RenewAsync("key", "a", Long, CancellationToken.None).Within()).Should().BeTrue();
        await PassAsync(Short * 2, null);

        (await ReserveAsync(store, "b")).Should().Be("a");
    }

    [SkippableFact]
    public async Task Renew_OfAFreeKey_ReservesIt_OfAnothersDoesNot()
    {
        var store = Open();

        var free = await store.RenewAsync("key", "a", Long, CancellationToken.None).Within();
        var taken = await store.RenewAsync("key", "b", Long, CancellationToken.None).Within();

        (free, taken).Should().Be((true, false));
        (await ReserveAsync(store, "c")).Should().Be("a");
    }

    /// <summary>Opens the store of this test.</summary>
    protected abstract IUniqueKeyStore CreateStore();

    /// <summary>Lets time pass, then waits until the answer is true; <c>null</c> waits for nothing more.</summary>
    protected abstract Task PassAsync(TimeSpan time, Func<Task<bool>>? reached);

    private IUniqueKeyStore Open()
    {
        var store = CreateStore();
        _opened.Add(store);
        return store;
    }

    private static Task<string?> ReserveAsync(IUniqueKeyStore store, string taskId, string key = "key") => store.ReserveAsync(key, taskId, Long, replace: false, CancellationToken.None).Within();
}
