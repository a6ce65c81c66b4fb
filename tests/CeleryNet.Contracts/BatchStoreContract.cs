using CeleryNet.Results;

namespace CeleryNet.Contracts;

/// <summary>What every result store that counts batches promises, beyond what it promises of chords.</summary>
public abstract class BatchStoreContract : IAsyncLifetime
{
    private const string Closing = "closing";

    private IResultBackend? _backend;
    private object? _gate; // tests use what is made from several threads

    /// <summary>The store of this test.</summary>
    protected IBatchStore Store => (IBatchStore)LazyInitializer.EnsureInitialized(ref _backend, ref _gate, CreateBackend);

    /// <summary>Id of the batch; a new one in each test.</summary>
    protected string Batch { get; } = Guid.NewGuid().ToString();

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_backend is null) return;
        await Store.RemoveAsync(Batch, CancellationToken.None).Within();
        await _backend.DisposeAsync().AsTask().Within();
    }

    /// <summary>Makes the store under test.</summary>
    protected abstract IResultBackend CreateBackend();

    [SkippableFact]
    public async Task Batch_ThatIsNotClosed_DoesNotEndWithItsMembers()
    {
        await OpenAsync("a", "b");

        var early = new[] { await EndAsync("a"), await EndAsync("b") };
        var last = await EndAsync(Closing);

        early.Should().AllSatisfy(answer => answer.Should().BeNull());
        last!.Select(part => part.TaskId).Should().BeEquivalentTo("a", "b", Closing);
    }

    [SkippableFact]
    public async Task Batch_ThatIsClosed_EndsWithItsLastMember()
    {
        await OpenAsync("a", "b");

        var early = new[] { await EndAsync(Closing), await EndAsync("a") };
        var last = await EndAsync("b");

        early.Should().AllSatisfy(answer => answer.Should().BeNull());
        last.Should().HaveCount(3);
    }

    [SkippableFact]
    public async Task Batch_WithoutMembers_EndsWhenItIsClosed()
    {
        await OpenAsync();

        (await EndAsync(Closing)).Should().ContainSingle();
    }

    [SkippableFact]
    public async Task Add_ToABatchThatIsClosed_AddsNothing()
    {
        await OpenAsync("a");
        await EndAsync(Closing);

        var isAdded = await Store.AddMembersAsync(Batch, ["b", "c"], Closing, CancellationToken.None).Within();

        isAdded.Should().BeFalse();
        (await EndAsync("a")).Should().HaveCount(2, "nobody waits for what was not added");
    }

    [SkippableFact]
    public async Task Add_ByAMemberThatRuns_KeepsTheClosedBatchFromEnding()
    {
        await OpenAsync("a");
        await EndAsync(Closing);

        var isAdded = await Store.AddMembersAsync(Batch, ["b"], closingId: null, CancellationToken.None).Within();
        var early = await EndAsync("a");
        var last = await EndAsync("b");

        isAdded.Should().BeTrue();
        early.Should().BeNull();
        last.Should().HaveCount(3);
    }

    [SkippableFact]
    public async Task Add_OfMembersThatAreKnown_CountsThemOnce()
    {
        await OpenAsync("a", "b");

        var again = await Store.AddMembersAsync(Batch, ["a", "b", "c"], Closing, CancellationToken.None).Within();

        again.Should().BeTrue();
        (await CountAsync()).Should().Be(new BatchTally(3, 0, 0, false, true));
    }

    [SkippableFact]
    public async Task Add_OfMembersThatAreKnown_IsNoErrorAfterTheEnd()
    {
        await OpenAsync("a");
        await EndAsync("a");
        await EndAsync(Closing);
        await Store.EndBatchAsync(Batch, CancellationToken.None).Within();

        var known = await Store.AddMembersAsync(Batch, ["a"], null, CancellationToken.None).Within();
        var unknown = await Store.AddMembersAsync(Batch, ["b"], null, CancellationToken.None).Within();

        known.Should().BeTrue("a member that runs again adds what it had added before");
        unknown.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Add_ToABatchThatNobodyMade_AddsNothing()
    {
        var isAdded = await Store.AddMembersAsync(Batch, ["a"], Closing, CancellationToken.None).Within();

        isAdded.Should().BeFalse();
        (await CountAsync()).IsKnown.Should().BeFalse();
    }

    [SkippableFact]
    public async Task Count_FollowsTheMembers()
    {
        await OpenAsync("a", "b", "c", "d");
        var atFirst = await CountAsync();
        await EndAsync("a");
        await EndAsync("a");
        await EndAsync("b", TaskStates.Failure);
        var between = await CountAsync();
        await EndAsync("c", TaskStates.Revoked);
        await EndAsync(Closing);
        var atLast = await CountAsync();

        atFirst.Should().Be(new BatchTally(4, 0, 0, false, true));
        between.Should().Be(new BatchTally(4, 2, 1, false, true));
        atLast.Should().Be(new BatchTally(4, 3, 2, true, true));
        atLast.HasEnded.Should().BeFalse();
    }

    [SkippableFact]
    public async Task End_KeepsWhatWasCounted()
    {
        await OpenAsync("a", "b");
        await EndAsync("a");
        await EndAsync("b", TaskStates.Failure);
        await EndAsync(Closing);

        await Store.EndBatchAsync(Batch, CancellationToken.None).Within();

        var count = await CountAsync();
        count.Should().Be(new BatchTally(2, 2, 1, true, false));
        count.HasEnded.Should().BeTrue();
    }

    [SkippableFact]
    public async Task End_NobodyEndsItAgain()
    {
        await OpenAsync("a");
        await EndAsync(Closing);
        (await EndAsync("a", run: "one")).Should().NotBeNull();
        await Store.EndBatchAsync(Batch, CancellationToken.None).Within();

        var again = new[] { await EndAsync("a", run: "one"), await EndAsync("a", run: "two"), await EndAsync(Closing, run: "two") };

        again.Should().AllSatisfy(answer => answer.Should().BeNull());
    }

    [SkippableFact]
    public async Task End_OfABatchWhoseEnderWasLost_IsDoneByTheNextRunOfTheSameMember()
    {
        await OpenAsync("a");
        await EndAsync(Closing);
        await EndAsync("a", run: "lost");

        await Eventually.IsTrueAsync(async () => await EndAsync("a", run: "next") is not null, TimeSpan.FromSeconds(10));
    }

    [SkippableFact]
    public async Task Add_WhileTheLastEnd_EitherComesFirstOrAddsNothing()
    {
        // Who adds from outside races with the member that closes the batch: what was added is always waited for.
        for (var round = 0; round < 20; round++)
        {
            var batch = $"{Batch}-{round}";
            await Store.SetSizeAsync(batch, 1, CancellationToken.None).Within();

            var adding = Task.Run(() => Store.AddMembersAsync(batch, ["late"], Closing, CancellationToken.None).AsTask());
            var closing = Task.Run(() => Store.CountAsync(batch, 0, Part(Closing, TaskStates.Success), "run", 0, CancellationToken.None).AsTask());
            await Task.WhenAll(adding, closing).Within();

            ((await closing).Parts is null).Should().Be(await adding, $"in round {round} the batch waits for the member if it was added");
            await Store.RemoveAsync(batch, CancellationToken.None).Within();
        }
    }

    [SkippableFact]
    public async Task Members_EndingByManyAtOnce_AreAllCountedAndOneEndsTheBatch()
    {
        var members = Enumerable.Range(0, 200).Select(i => $"member {i}").ToArray();
        await OpenAsync(members);

        var answers = await Task.WhenAll(members.Append(Closing).Select(member => Task.Run(() => EndAsync(member, run: member)))).Within();

        answers.Where(static answer => answer is not null).Should().ContainSingle().Which.Should().HaveCount(201);
        (await CountAsync()).Should().Be(new BatchTally(200, 200, 0, true, true));
    }

    /// <summary>Makes the batch with members.</summary>
    protected async Task OpenAsync(params string[] members)
    {
        await Store.SetSizeAsync(Batch, 1, CancellationToken.None).Within();
        if (members.Length > 0) (await Store.AddMembersAsync(Batch, members, Closing, CancellationToken.None).Within()).Should().BeTrue();
    }

    /// <summary>How far the batch is.</summary>
    protected Task<BatchTally> CountAsync() => Store.GetBatchAsync(Batch, Closing, CancellationToken.None).Within();

    /// <summary>Counts the end of a member.</summary>
    protected async Task<IReadOnlyList<TaskResult>?> EndAsync(string member, string state = TaskStates.Success, string run = "run") =>
        (await Store.CountAsync(Batch, member == Closing ? 0 : 1 + Math.Abs(member.GetHashCode(StringComparison.Ordinal) / 2), Part(member, state), run, 0, CancellationToken.None).Within()).Parts;

    private static TaskResult Part(string member, string state) => new()
    {
        TaskId = member,
        State = state,
        Error = state == TaskStates.Success ? null : new RemoteError("ValueError", "[\"bad\"]"u8.ToArray(), "builtins"),
    };
}
