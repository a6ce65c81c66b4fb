using System.Text;
using CeleryNet.Results;

namespace CeleryNet.Contracts;

/// <summary>What every result store that counts chords promises.</summary>
public abstract class ChordStoreContract : IAsyncLifetime
{
    private readonly List<string> _groups = [];
    private IResultBackend? _backend;
    private object? _gate; // tests use what is made from several threads

    /// <summary>The store of this test.</summary>
    protected IChordStore Store => (IChordStore)LazyInitializer.EnsureInitialized(ref _backend, ref _gate, CreateBackend);

    /// <summary>Id of the header; a new one in each test.</summary>
    protected string Group { get; } = Guid.NewGuid().ToString();

    /// <inheritdoc/>
    public virtual Task InitializeAsync()
    {
        _groups.Add(Group);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_backend is null) return;
        foreach (var group in _groups) await Store.RemoveAsync(group, CancellationToken.None).Within();
        await _backend.DisposeAsync().AsTask().Within();
    }

    /// <summary>False where parts are kept in the order in which they ended, as in Celery's list form.</summary>
    protected virtual bool KeepsOrder => true;

    /// <summary>Makes the store under test.</summary>
    protected abstract IResultBackend CreateBackend();

    [SkippableFact]
    public async Task Count_LastMember_GetsAllPartsInTheHeadersOrder()
    {
        await Store.SetSizeAsync(Group, 3, CancellationToken.None).Within();

        var answers = new[] { await CountAsync("c", 2, "3"), await CountAsync("a", 0, "\"ä 日本 😀 \\n\"") };
        var last = InOrder(await CountAsync("b", 1, "{\"x\":[1,2.5,null,true]}"));

        answers.Should().AllSatisfy(answer => answer.Should().BeNull());
        last.Should().NotBeNull();
        last!.Select(part => part.TaskId).Should().Equal("a", "b", "c");
        last!.Should().AllSatisfy(part => part.State.Should().Be(TaskStates.Success));
        Json(last![0]).Should().Be("\"ä 日本 😀 \\n\"");
        Json(last[1]).Should().Be("{\"x\":[1,2.5,null,true]}");
        Json(last[2]).Should().Be("3");
    }

    [SkippableFact]
    public async Task Count_WithoutPlace_ComesLast()
    {
        Skip.IfNot(KeepsOrder, "This store keeps no order.");
        await Store.SetSizeAsync(Group, 3, CancellationToken.None).Within();

        await CountAsync("without", null, "1");
        await CountAsync("ninth", 9, "2");
        var parts = await CountAsync("tenth", 10, "3");

        parts!.Select(part => part.TaskId).Should().Equal("ninth", "tenth", "without");
    }

    [SkippableFact]
    public async Task Count_MemberThatFailed_KeepsItsError()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();

        var count = await Store.CountAsync(
            Group, 0, new TaskResult { TaskId = "a", State = TaskStates.Failure, Error = new RemoteError("ValueError", "[\"bad\",7]"u8.ToArray(), "builtins") }, "run", 0, CancellationToken.None).Within();

        var part = count.Parts.Should().ContainSingle().Which;
        part.State.Should().Be(TaskStates.Failure);
        part.Error!.Type.Should().Be("ValueError");
        part.Error.Message.Should().Be("('bad', 7)");
        part.Error.Module.Should().Be("builtins");
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(null)]
    public async Task Count_MemberThatRanTwice_CountsOnceWithWhatItEndedWithFirst(int? index)
    {
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();

        var early = new[] { await CountAsync("a", index, "1"), await CountAsync("a", index, "2"), await CountAsync("a", index, "1") };
        var parts = await CountAsync("b", 1, "3");

        early.Should().AllSatisfy(answer => answer.Should().BeNull());
        parts!.OrderBy(part => part.TaskId).Select(Json).Should().Equal("1", "3");
    }

    [SkippableFact]
    public async Task Count_OfMembersThatShareAPlace_CountsEach()
    {
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();

        await CountAsync("a", 0, "1");
        var parts = await CountAsync("b", 0, "1");

        parts!.Select(part => part.TaskId).Should().BeEquivalentTo("a", "b");
    }

    [SkippableFact]
    public async Task Count_BeforeTheSizeIsKnown_IsNotComplete()
    {
        var before = await CountAsync("a", 0, "1");
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();
        var after = await CountAsync("b", 1, "2");

        before.Should().BeNull();
        after.Should().HaveCount(2);
    }

    [SkippableFact]
    public async Task Count_LastMemberAgain_GetsThePartsAgainAndNobodyElseDoes()
    {
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await CountAsync("b", 1, "2");

        var other = await CountAsync("a", 0, "1");
        var again = await CountAsync("b", 1, "2");

        other.Should().BeNull("the member that came last sends the body");
        again.Should().HaveCount(2, "its worker may have died before it had sent the body");
    }

    [SkippableFact]
    public async Task Count_LastMemberInTwoRunsAtOnce_OneEndsTheChordAndTheOtherAsksUntilItHas()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        var part = new TaskResult { TaskId = "a", State = TaskStates.Success, Value = "1"u8.ToArray() };

        var one = await Store.CountAsync(Group, 0, part, "one", 0, CancellationToken.None).Within();
        var other = await Store.CountAsync(Group, 0, part, "other", 0, CancellationToken.None).Within();
        await Store.RemoveAsync(Group, CancellationToken.None).Within();
        var after = await Store.CountAsync(Group, 0, part, "other", 0, CancellationToken.None).Within();

        one.Parts.Should().ContainSingle();
        other.Should().Be(ChordCount.BeingEnded);
        after.Should().Be(ChordCount.None);
    }

    [SkippableFact]
    public async Task Count_LastMemberWhoseRunWasLost_IsEndedByTheNextRun()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        var part = new TaskResult { TaskId = "a", State = TaskStates.Success, Value = "1"u8.ToArray() };
        await Store.CountAsync(Group, 0, part, "lost", 0, CancellationToken.None).Within();

        await Eventually.IsTrueAsync(async () => (await Store.CountAsync(Group, 0, part, "next", 0, CancellationToken.None)).Parts is not null, TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task Count_OtherMemberAgain_WhenTheRunOfTheLastWasLost_LeavesTheChordToTheLast()
    {
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();
        var (first, last) = (new TaskResult { TaskId = "a", State = TaskStates.Success, Value = "1"u8.ToArray() }, new TaskResult { TaskId = "b", State = TaskStates.Success, Value = "2"u8.ToArray() });
        await Store.CountAsync(Group, 0, first, "one", 0, CancellationToken.None).Within();
        await Store.CountAsync(Group, 1, last, "lost", 0, CancellationToken.None).Within();

        // The first member comes again all the time, also in the moment in which the claim of the lost run ends.
        var others = new List<ChordCount>();
        await Eventually.IsTrueAsync(
            async () =>
            {
                others.Add(await Store.CountAsync(Group, 0, first, "two", 0, CancellationToken.None));
                return (await Store.CountAsync(Group, 1, last, "next", 0, CancellationToken.None)).Parts is not null;
            },
            TimeSpan.FromSeconds(10));

        others.Should().AllSatisfy(count => count.Should().Be(ChordCount.None));
    }

    [SkippableFact]
    public async Task Count_AfterTheChordWasRemoved_StartsNothing()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await Store.RemoveAsync(Group, CancellationToken.None).Within();

        var late = await CountAsync("a", 0, "1");

        late.Should().BeNull();
    }

    [SkippableFact]
    public async Task Count_WithALeastSizeAboveTheSize_RaisesItAndTheMissingMemberEndsTheChord()
    {
        await Store.SetSizeAsync(Group, 2, CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        var tooEarly = await CountAsync("b", 1, "2");

        var raised = await CountAsync("b", 1, "2", leastSize: 3);
        var last = await CountAsync("c", 2, "3", "other run");

        tooEarly.Should().HaveCount(2);
        raised.Should().BeNull();
        last.Should().HaveCount(3, "what was said when the header seemed smaller binds nobody");
    }

    [SkippableFact]
    public async Task Count_WithALeastSizeThatIsThere_GetsTheParts()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        await CountAsync("a", 0, "1");
        await CountAsync("b", 1, "2");

        (await CountAsync("b", 1, "2", leastSize: 2)).Should().HaveCount(2);
    }

    [SkippableFact]
    public async Task AddMember_NamedTwice_IsWaitedForOnce()
    {
        await Store.SetSizeAsync(Group, 1, CancellationToken.None).Within();
        await Store.AddMemberAsync(Group, "b", CancellationToken.None).Within();
        await Store.AddMemberAsync(Group, "b", CancellationToken.None).Within();

        var first = await CountAsync("a", 0, "1");
        var second = await CountAsync("b", 0, "2");

        first.Should().BeNull();
        second.Should().HaveCount(2);
    }

    [SkippableFact]
    public async Task Count_ByManyAtOnce_GivesThePartsToOneAlone()
    {
        const int Members = 200;
        await Store.SetSizeAsync(Group, Members, CancellationToken.None).Within();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2 * Members).Select(i => Task.Run(() => CountAsync($"member {i % Members}", i % Members, $"{i % Members}", $"run {i}")))).Within();

        var given = answers.Where(static answer => answer is not null).ToList();
        InMembersOrder(given.Should().ContainSingle().Which!).Should().Equal(Enumerable.Range(0, Members).Select(i => $"{i}"));
    }

    [SkippableFact]
    public async Task SaveGroup_IsReadBack()
    {
        const string Tuple = "[[\"g\", null], [[[\"a\", null], null], [[\"b\", null], null]]]";

        var before = await Store.GetGroupAsync(Group, CancellationToken.None).Within();
        await Store.SaveGroupAsync(Group, Encoding.UTF8.GetBytes(Tuple), CancellationToken.None).Within();
        var after = await Store.GetGroupAsync(Group, CancellationToken.None).Within();

        before.IsEmpty.Should().BeTrue();
        Encoding.UTF8.GetString(after.Span).Should().Be(Tuple);
    }

    /// <summary>Counts a member that succeeded.</summary>
    protected async Task<IReadOnlyList<TaskResult>?> CountAsync(string task, int? index, string value, string run = "run", int leastSize = 0) =>
        (await Store.CountAsync(Group, index, new TaskResult { TaskId = task, State = TaskStates.Success, Value = Encoding.UTF8.GetBytes(value) }, run, leastSize, CancellationToken.None).Within()).Parts;

    /// <summary>The value of a part, without blanks between its tokens.</summary>
    protected static string Json(TaskResult part)
    {
        if (part.Value.IsEmpty) return "null";
        var node = System.Text.Json.Nodes.JsonNode.Parse(part.Value.Span);
        return node!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Replace("\\uD83D\\uDE00", "😀", StringComparison.Ordinal);
    }

    private IReadOnlyList<TaskResult>? InOrder(IReadOnlyList<TaskResult>? parts) => KeepsOrder || parts is null ? parts : [.. parts.OrderBy(static part => part.TaskId, StringComparer.Ordinal)];

    private IEnumerable<string> InMembersOrder(IReadOnlyList<TaskResult> parts) => KeepsOrder ? parts.Select(Json) : parts.Select(Json).OrderBy(static value => value.Length).ThenBy(static value => value, StringComparer.Ordinal);
}
