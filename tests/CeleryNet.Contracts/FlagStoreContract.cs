using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every <see cref="IFlagStore"/> promises: a name is set or not, for all brokers on the same server, until it is cleared or its lifetime is over.</summary>
public abstract class FlagStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1); // the shortest there is
    private static readonly TimeSpan Long = TimeSpan.FromHours(24);

    private readonly List<IBroker> _brokers = [];
    private readonly List<string> _names = [];

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_brokers.Count == 0) return;
        var last = Open();
        foreach (var name in _names) await last.ClearAsync(name, CancellationToken.None).Within();
        foreach (var broker in _brokers) await broker.DisposeAsync().AsTask().Within();
    }

    [SkippableFact]
    public async Task IsSet_NeverSet_IsFalse()
    {
        var flags = Open();

        (await IsSetAsync(flags, NewName())).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Set_ForEver_IsSetAndNoOtherIs()
    {
        var (flags, name) = (Open(), NewName());

        await SetAsync(flags, name, null);

        (await IsSetAsync(flags, name)).Should().BeTrue();
        (await IsSetAsync(flags, name)).Should().BeTrue("asking changes nothing");
        (await IsSetAsync(flags, name + "2")).Should().BeFalse();
        (await IsSetAsync(flags, name.ToUpperInvariant())).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Set_Twice_IsStillSet()
    {
        var (flags, name) = (Open(), NewName());

        await SetAsync(flags, name, Long);
        await SetAsync(flags, name, Long);

        (await IsSetAsync(flags, name)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Clear_Set_IsGoneAndCanBeSetAgain()
    {
        var (flags, name) = (Open(), NewName());
        await SetAsync(flags, name, null);

        await ClearAsync(flags, name);
        var cleared = await IsSetAsync(flags, name);
        await SetAsync(flags, name, Long);

        cleared.Should().BeFalse();
        (await IsSetAsync(flags, name)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Clear_TwiceOrNeverSet_IsNoError()
    {
        var (flags, name) = (Open(), NewName());
        await ClearAsync(flags, name);
        await SetAsync(flags, name, null);

        await ClearAsync(flags, name);
        await ClearAsync(flags, name);

        (await IsSetAsync(flags, name)).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Set_ForAShortTime_VanishesAlthoughItIsAskedFor()
    {
        var (flags, name, other) = (Open(), NewName(), NewName());
        await SetAsync(flags, other, null);

        await SetAsync(flags, name, Short);
        var before = await IsSetAsync(flags, name);

        before.Should().BeTrue();
        await Eventually.IsTrueAsync(async () => !await IsSetAsync(flags, name));
        (await IsSetAsync(flags, other)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Set_AgainForLonger_OutlivesTheFirstTime()
    {
        var (flags, name, other) = (Open(), NewName(), NewName());
        await SetAsync(flags, name, Short);

        await SetAsync(flags, name, null);
        await SetAsync(flags, other, Short);
        await Eventually.IsTrueAsync(async () => !await IsSetAsync(flags, other));

        (await IsSetAsync(flags, name)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Set_AgainForShorter_VanishesThen()
    {
        var (flags, name) = (Open(), NewName());
        await SetAsync(flags, name, null);

        await SetAsync(flags, name, Short);

        (await IsSetAsync(flags, name)).Should().BeTrue();
        await Eventually.IsTrueAsync(async () => !await IsSetAsync(flags, name));
    }

    [SkippableFact]
    public async Task Set_ByOne_IsSeenAndClearedByAnother()
    {
        var (one, another, name) = (Open(), Open(), NewName());

        await SetAsync(one, name, Long);
        var seen = await IsSetAsync(another, name);
        await ClearAsync(another, name);

        seen.Should().BeTrue();
        (await IsSetAsync(one, name)).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Set_ThenDisposed_IsStillSetForTheNext()
    {
        var (first, name) = (Open(), NewName());
        await SetAsync(first, name, null);

        await ((IBroker)first).DisposeAsync().AsTask().Within();

        (await IsSetAsync(Open(), name)).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Set_ManyAtOnce_AreAllSet()
    {
        var flags = Open();
        var names = Enumerable.Range(0, 20).Select(_ => NewName()).ToList();

        await Task.WhenAll(names.Select(name => SetAsync(flags, name, Long)));

        (await Task.WhenAll(names.Select(name => IsSetAsync(flags, name)))).Should().OnlyContain(isSet => isSet);
        await Task.WhenAll(names.Select(name => ClearAsync(flags, name)));
        (await Task.WhenAll(names.Select(name => IsSetAsync(flags, name)))).Should().OnlyContain(isSet => !isSet);
    }

    [SkippableFact]
    public async Task Name_LongestAndOfAnyCharacters_IsKept()
    {
        var flags = Open();
        var name = NewName() + ":*[a]{b}/日本 #.";
        name += new string('x', 200 - System.Text.Encoding.UTF8.GetByteCount(name));
        _names.Add(name);

        await SetAsync(flags, name, null);

        (await IsSetAsync(flags, name)).Should().BeTrue();
        (await IsSetAsync(flags, name[..^1])).Should().BeFalse();
    }

    [SkippableFact]
    public async Task Arguments_OutOfRange_AreRefused()
    {
        var flags = Open();

        await ((Func<Task>)(() => SetAsync(flags, "", null))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => SetAsync(flags, new string('ü', 101), null))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => IsSetAsync(flags, ""))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => ClearAsync(flags, new string('x', 201)))).Should().ThrowAsync<ArgumentException>();
        await ((Func<Task>)(() => SetAsync(flags, "any", TimeSpan.FromMilliseconds(999)))).Should().ThrowAsync<ArgumentOutOfRangeException>();
        await ((Func<Task>)(() => SetAsync(flags, "any", TimeSpan.FromDays(50)))).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    /// <summary>Makes a broker on the server of these tests; each call another instance, which must be an <see cref="IFlagStore"/>. What cannot be shared gives the same one again.</summary>
    protected abstract IBroker CreateBroker();

    /// <summary>Makes a broker; disposed after the test.</summary>
    protected IFlagStore Open()
    {
        var broker = CreateBroker();
        _brokers.Add(broker);
        return (IFlagStore)broker;
    }

    /// <summary>A name nobody else uses; cleared after the test.</summary>
    protected string NewName()
    {
        var name = $"tests-{Guid.NewGuid():n}";
        _names.Add(name);
        return name;
    }

    private static Task SetAsync(IFlagStore flags, string name, TimeSpan? lifetime) => flags.SetAsync(name, lifetime, CancellationToken.None).Within();

    private static Task<bool> IsSetAsync(IFlagStore flags, string name) => flags.IsSetAsync(name, CancellationToken.None).Within();

    private static Task ClearAsync(IFlagStore flags, string name) => flags.ClearAsync(name, CancellationToken.None).Within();
}
