using System.Text;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Results;
using static CeleryNet.Canvas;

namespace CeleryNet.Interop.Tests.Canvases;

/// <summary>Canvases that C# sends and real Python workers run. Inherited for every pair of broker and result store.</summary>
public abstract class CanvasToPythonTests(ToPythonFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private async Task<ITaskClient> ClientAsync()
    {
        await peers.ReadyAsync();
        return peers.CSharp.Client;
    }

    private async Task<T> RunAsync<T>(Signature<T> canvas) => await (await (await ClientAsync()).EnqueueAsync(canvas)).GetAsync(Limit);

    [Fact]
    public async Task Chain_OfThree_GivesEachTheResultBefore() =>
        (await RunAsync(IPythonTasks.AddTask(2, 2) | IPythonTasks.AddTask(Prev, 4) | IPythonTasks.TripleTask(Prev))).Should().Be(24);

    [Fact]
    public async Task Chain_WithAnImmutableStep_PassesNothingToIt() =>
        (await RunAsync(IPythonTasks.AddTask(2, 2) | IPythonTasks.AddTask(1, 1).Immutable() | IPythonTasks.TripleTask(Prev))).Should().Be(6);

    [Fact]
    public async Task Chain_ThatEndedWell_HasParentsUpToTheFirst()
    {
        var last = await (await ClientAsync()).EnqueueAsync(IPythonTasks.AddTask(2, 2) | IPythonTasks.AddTask(Prev, 4) | IPythonTasks.TripleTask(Prev));
        await last.GetAsync(Limit);

        var middle = last.Parent!;
        (await (await ClientAsync()).GetHandle<int>(middle.Id).GetAsync(Limit)).Should().Be(8);
        (await (await ClientAsync()).GetHandle<int>(middle.Parent!.Id).GetAsync(Limit)).Should().Be(4);
        middle.Parent.Parent.Should().BeNull();
    }

    [Fact]
    public async Task Chain_WhoseFirstStepFails_EndsWithItsError()
    {
        var last = await (await ClientAsync()).EnqueueAsync(IPythonTasks.FailTask("ValueError", "no") | IPythonTasks.AddTask(Prev, 4) | IPythonTasks.TripleTask(Prev));

        (await last.Invoking(chain => chain.GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which.Type.Should().Be("ValueError");
    }

    [Fact]
    public async Task Group_OfTen_GivesResultsInOrder()
    {
        var group = await (await ClientAsync()).EnqueueAsync(Group(Enumerable.Range(0, 10).Select(number => IPythonTasks.AddTask(number, 1))));

        (await group.GetAllAsync(Limit)).Should().Equal(Enumerable.Range(1, 10));
        (await group.CountAsync()).Should().Be(new GroupCounts(10, 10, 0, 0));
    }

    [Fact]
    public async Task Group_Watched_TellsEachEndOnce()
    {
        var group = await (await ClientAsync()).EnqueueAsync(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.FailTask("ValueError", "no"), IPythonTasks.AddTask(2, 2)));
        using var deadline = new CancellationTokenSource(Limit);
        var states = new List<(string, string)>();

        await foreach (var end in group.WatchAsync(deadline.Token)) states.Add((end.TaskId, end.State));

        states.Should().BeEquivalentTo([(group.Members[0].Id, TaskStates.Success), (group.Members[1].Id, TaskStates.Failure), (group.Members[2].Id, TaskStates.Success)]);
    }

    [Fact]
    public async Task Group_AfterATask_FansOut()
    {
        var group = await (await ClientAsync()).EnqueueAsync(IPythonTasks.AddTask(1, 1) | Group(IPythonTasks.AddTask(Prev, 1), IPythonTasks.AddTask(Prev, 2), IPythonTasks.TripleTask(Prev)));

        (await group.GetAllAsync(Limit)).Should().Equal(3, 4, 6);
        (await (await ClientAsync()).GetHandle<int>(group.Parent!.Id).GetAsync(Limit)).Should().Be(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    public async Task Chord_OfSoMany_GivesTheBodyTheirResults(int count) =>
        (await RunAsync(Group(Enumerable.Range(0, count).Select(number => IPythonTasks.AddTask(number, 1))) | IPythonTasks.TotalTask(Prev))).Should().Be(count * (count + 1) / 2);

    [Fact]
    public async Task Chord_InAChain_GoesOnFromItsBody() =>
        (await RunAsync(IPythonTasks.AddTask(1, 1) | Group(IPythonTasks.AddTask(Prev, 1), IPythonTasks.AddTask(Prev, 2)) | IPythonTasks.TotalTask(Prev) | IPythonTasks.TripleTask(Prev))).Should().Be(21);

    [Fact]
    public async Task Chord_InAChordHeader_CountsAsItsBody() => (await RunAsync(
        Group(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.AddTask(2, 2)) | IPythonTasks.TotalTask(Prev), IPythonTasks.AddTask(1, 2) | IPythonTasks.TripleTask(Prev)) | IPythonTasks.TotalTask(Prev)))
        .Should().Be(15);

    [Fact]
    public async Task Group_InAGroup_IsOneMemberWhoseResultIsAList()
    {
        var lists = await (await ClientAsync()).EnqueueAsync(Group<IReadOnlyList<int>>(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.AddTask(2, 2)), Group(IPythonTasks.AddTask(3, 3))));

        (await lists.GetAllAsync(Limit)).Should().BeEquivalentTo(new int[][] { [2, 4], [6] }, options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task Group_SentAsOneResult_IsAList() => (await RunAsync<IReadOnlyList<int>>(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.AddTask(2, 2)))).Should().Equal(2, 4);

    [Fact]
    public async Task Chord_WithAFailingMember_EndsWithItsError()
    {
        var chord = await (await ClientAsync()).EnqueueAsync(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.FailTask("ValueError", "no")) | IPythonTasks.TotalTask(Prev) | IPythonTasks.TripleTask(Prev));

        var error = (await chord.Invoking(body => body.GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which;

        (error.Type, error.TaskId).Should().Be(("ChordError", chord.Id));
        error.RemoteMessage.Should().StartWith("Dependency ").And.Contain("ValueError('no')");
    }

    [Fact]
    public async Task Link_OfATaskThatSucceeds_GetsItsResult()
    {
        var client = await ClientAsync();
        var id = Guid.NewGuid().ToString();

        await (await client.EnqueueAsync(IPythonTasks.AddTask(1, 1).Link(IPythonTasks.TripleTask(Prev).With(options => options.TaskId = id)))).GetAsync(Limit);

        (await client.GetHandle<int>(id).GetAsync(Limit)).Should().Be(6);
    }

    [Fact]
    public async Task LinkError_OfATaskThatFails_IsRun()
    {
        var client = await ClientAsync();
        var id = Guid.NewGuid().ToString();

        await client.EnqueueAsync(IPythonTasks.FailTask("ValueError", "no").LinkError(IPythonTasks.NoteTask("failed").Immutable().With(options => options.TaskId = id)));

        (await client.GetHandle<string>(id).GetAsync(Limit)).Should().Be("noted failed");
    }

    [Fact]
    public async Task Map_CallsTheTaskForEachItem() =>
        (await RunAsync(Map(Enumerable.Range(1, 3).Select(number => IPythonTasks.TripleTask(number))))).Should().Equal(3, 6, 9);

    [Fact]
    public async Task Starmap_CallsTheTaskForEachList() => (await RunAsync(Starmap([IPythonTasks.AddTask(1, 2), IPythonTasks.AddTask(3, 4)]))).Should().Equal(3, 7);

    [Fact]
    public async Task Chunks_AreAGroupOfStarmaps()
    {
        var group = await (await ClientAsync()).EnqueueAsync(Chunks(Enumerable.Range(0, 5).Select(number => IPythonTasks.AddTask(number, number)), 2));

        (await group.GetAllAsync(Limit)).SelectMany(part => part).Should().Equal(0, 2, 4, 6, 8);
    }

    [Fact]
    public async Task Group_SavedHere_IsRestoredByPython()
    {
        var group = await (await ClientAsync()).EnqueueAsync(Group(IPythonTasks.AddTask(1, 1), IPythonTasks.AddTask(2, 2)));
        await group.SaveAsync();

        (await peers.Python.RestoreGroupAsync(group.Id)).Should().Equal(2, 4);
    }

    [Fact]
    public async Task Group_SavedByPython_IsRestoredHere()
    {
        var client = await ClientAsync();
        var id = await peers.Python.SaveGroupAsync([[1, 1], [2, 2], [3, 3]]);

        var group = await client.RestoreGroupAsync<int>(id);

        (await group!.GetAllAsync(Limit)).Should().Equal(2, 4, 6);
        (await client.RestoreGroupAsync<int>("nobody-saved-it")).Should().BeNull();
    }

    [Fact]
    public async Task Signatures_OfEveryKind_ComeBackToPythonAsTheyWere()
    {
        await peers.ReadyAsync();
        var made = await peers.Python.SignaturesAsync();

        var back = made.Select(one => Encoding.UTF8.GetString(Signature.Parse(Encoding.UTF8.GetBytes(one.Json)).ToJson()));

        (await peers.Python.DifferencesAsync(back)).Should().BeEmpty();
    }

    [Fact]
    public async Task Signature_MadeHere_IsSentByPython()
    {
        await peers.ReadyAsync();
        var canvas = IPythonTasks.AddTask(1, 1) | Group(IPythonTasks.AddTask(Prev, 1), IPythonTasks.AddTask(Prev, 2)) | IPythonTasks.TotalTask(Prev) | IPythonTasks.TripleTask(Prev);

        (await peers.Python.RunSignatureAsync(Encoding.UTF8.GetString(canvas.ToJson()))).GetInt32().Should().Be(21);
    }

    [Fact]
    public async Task Signature_OfPython_IsSentFromHere()
    {
        var client = await ClientAsync();
        var made = await peers.Python.SignaturesAsync();
        var upgraded = made.Single(one => one.Text.Contains("py.add(1, 1) | ", StringComparison.Ordinal) && one.Text.Contains('%', StringComparison.Ordinal) && !one.Text.StartsWith("group", StringComparison.Ordinal));

        var handle = await client.EnqueueAsync(Signature.Parse(Encoding.UTF8.GetBytes(upgraded.Json)));

        (await client.GetHandle<int>(handle.Id).GetAsync(Limit)).Should().Be(10); // (1+1)+2 + (1+1)+3 + 1
    }
}
