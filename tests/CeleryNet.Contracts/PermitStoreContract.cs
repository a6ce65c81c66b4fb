using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every store of permits promises. A test has a store of its own, and may open it several times, as several workers do.</summary>
public abstract class PermitStoreContract : IAsyncLifetime
{
    private readonly List<IPermitStore> _opened = [];

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _opened.OfType<IAsyncDisposable>().Distinct()) await store.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task Acquire_OfConcurrency_GrantsAsManyAsThereAre()
    {
        var (one, other) = (Open(), Open());

        var granted = new[] { await AcquireAsync(one, "a", Two), await AcquireAsync(other, "b", Two), await AcquireAsync(other, "c", Two), await AcquireAsync(one, "d", Elsewhere) };

        granted.Should().Equal(PermitAnswer.Granted, PermitAnswer.Granted, new PermitAnswer(0, null), PermitAnswer.Granted);
    }

    [SkippableFact]
    public async Task Acquire_ByWhoHasIt_IsGrantedAndTakesNoMore()
    {
        var store = Open();
        await AcquireAsync(store, "a", Two);

        var again = await AcquireAsync(store, "a", Two);

        again.IsGranted.Should().BeTrue();
        (await AcquireAsync(store, "b", Two)).IsGranted.Should().BeTrue("there is one left");
    }

    [SkippableFact]
    public async Task Release_GivesItToTheNext()
    {
        var (one, other) = (Open(), Open());
        await AcquireAsync(one, "a", Single);

        await other.ReleaseAsync([new PermitLease(Single.Key, "somebody else")], CancellationToken.None).Within();
        var early = await AcquireAsync(other, "b", Single);
        await one.ReleaseAsync([new PermitLease(Single.Key, "a")], CancellationToken.None).Within();

        early.IsGranted.Should().BeFalse();
        (await AcquireAsync(other, "b", Single)).IsGranted.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Acquire_AtOnceByMany_GrantsAsManyAsThereAre()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open(CreateLastingStore())).ToList();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => AcquireAsync(stores[i % 4], $"holder {i}", Two)))).Within();

        answers.Count(answer => answer.IsGranted).Should().Be(2);
    }

    [SkippableFact]
    public async Task Acquire_OfRate_GrantsOneInItsTime()
    {
        var (one, other) = (Open(), Open());
        var rate = Permit.OfRate("rate", TimeSpan.FromMinutes(1));

        var first = await AcquireAsync(one, "a", rate);
        var second = await AcquireAsync(other, "b", rate);

        first.IsGranted.Should().BeTrue();
        second.Refused.Should().Be(0);
        second.Wait.Should().BeGreaterThan(TimeSpan.FromSeconds(50)).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [SkippableFact]
    public async Task Acquire_OfRateWhenItsTimeIsOver_IsGrantedAgain()
    {
        var store = Open();
        var rate = Permit.OfRate("rate", TimeSpan.FromMilliseconds(300));
        await AcquireAsync(store, "a", rate);

        await PassAsync(TimeSpan.FromMilliseconds(400), async () => (await AcquireAsync(store, "b", rate)).IsGranted);
    }

    [SkippableFact]
    public async Task Acquire_OfSeveral_TakesAllOrNone()
    {
        var store = Open();
        var rate = Permit.OfRate("rate", TimeSpan.FromMinutes(1));
        await AcquireAsync(store, "a", Single);

        var refused = await AcquireAsync(store, "b", Elsewhere, rate, Single);

        refused.Should().Be(new PermitAnswer(2, null));
        (await AcquireAsync(store, "c", Elsewhere, rate)).IsGranted.Should().BeTrue("what was refused took nothing of the others");
    }

    [SkippableFact]
    public async Task Acquire_WhenALeaseHasEnded_IsGranted()
    {
        var store = Open();
        await AcquireAsync(store, "killed", Single);

        await PassAsync(store.LeaseDuration, async () => (await AcquireAsync(store, "next", Single)).IsGranted);
    }

    [SkippableFact]
    public async Task Renew_KeepsALease()
    {
        var store = Open();
        await AcquireAsync(store, "alive", Single);
        var lease = new PermitLease(Single.Key, "alive");

        for (var third = 0; third < 6; third++)
        {
            await PassAsync(store.LeaseDuration / 3, null);
            (await store.RenewAsync([lease], restore: false, CancellationToken.None).Within()).Should().BeEmpty();
        }

        (await AcquireAsync(store, "next", Single)).IsGranted.Should().BeFalse("twice its duration has passed, and it was renewed");
    }

    [SkippableFact]
    public async Task Renew_OfWhatIsUnknown_SaysSoAndRestoresItWhenAsked()
    {
        var store = Open();
        var lost = new PermitLease(Single.Key, "lost");

        var first = await store.RenewAsync([lost], restore: false, CancellationToken.None).Within();
        var afterFirst = await AcquireAsync(store, "next", Single);
        var second = await store.RenewAsync([lost], restore: true, CancellationToken.None).Within();
        await store.ReleaseAsync([new PermitLease(Single.Key, "next")], CancellationToken.None).Within();

        first.Should().Equal(lost);
        afterFirst.IsGranted.Should().BeTrue("it was not put back");
        second.Should().Equal(lost);
        (await AcquireAsync(store, "third", Single)).IsGranted.Should().BeFalse("it was put back, also beyond the limit");
    }

    [SkippableFact]
    public async Task RenewAndRelease_OfNothing_AreHarmless()
    {
        var store = Open();

        await store.ReleaseAsync([], CancellationToken.None).Within();

        (await store.RenewAsync([], restore: true, CancellationToken.None).Within()).Should().BeEmpty();
    }

    private static Permit Single => Permit.OfConcurrency("single", 1);

    private static Permit Two => Permit.OfConcurrency("two: 日本 \" }", 2);

    private static Permit Elsewhere => Permit.OfConcurrency("elsewhere", 1);

    /// <summary>Opens the store of this test. Where its clock cannot be moved, its lease is short.</summary>
    protected abstract IPermitStore CreateStore();

    /// <summary>Opens it with a lease that does not end while a busy machine answers many.</summary>
    protected virtual IPermitStore CreateLastingStore() => CreateStore();

    /// <summary>Lets time pass, then waits until the answer is true; <c>null</c> waits for nothing more.</summary>
    protected abstract Task PassAsync(TimeSpan time, Func<Task<bool>>? reached);

    private IPermitStore Open() => Open(CreateStore());

    private IPermitStore Open(IPermitStore store)
    {
        _opened.Add(store);
        return store;
    }

    private static Task<PermitAnswer> AcquireAsync(IPermitStore store, string holder, params Permit[] permits) => store.AcquireAsync(permits, holder, CancellationToken.None).Within();
}
