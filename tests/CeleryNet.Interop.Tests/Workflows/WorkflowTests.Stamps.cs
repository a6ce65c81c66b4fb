using System.Text.Json;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Results;
using static CeleryNet.Canvas;

namespace CeleryNet.Interop.Tests.Workflows;

/// <content>Stamps, and whole canvases that are revoked.</content>
public abstract partial class WorkflowTests
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(8);

    [SkippableFact]
    public async Task Canvas_StampedAsAWhole_StillIsWherePythonRunsItsLastStep()
    {
        await peers.ReadyAsync();
        // Python 5.2 does not know stamps: those of the step that it sends itself it would make properties of the message.
        var canvas = (CSharpTasks.AddTask(1, 1) | CSharpTasks.AddTask(Prev, 1) | IPythonTasks.TaggedTask().Immutable()).Stamp("tenant", "acme").Stamp("job", new[] { "a", "b" });

        var tags = await (await peers.CSharp.Client.EnqueueAsync(canvas)).GetAsync(TimeSpan.FromSeconds(20));

        JsonSerializer.Serialize(tags["stamps"]).Should().Be("""{"tenant":"acme","job":["a","b"]}""");
        tags["names"].EnumerateArray().Select(name => name.GetString()).Should().BeEquivalentTo("tenant", "job");
    }

    [SkippableFact]
    public async Task Python_RevokesByStamp_AllTasksOfTheCanvasEnd()
    {
        await peers.ReadyAsync();
        var job = Guid.NewGuid().ToString();
        var chord = Group(CSharpTasks.WaitTask(0), CSharpTasks.WaitTask(0)).With(options => options.Countdown = Later) | CanvasTasks.HowManyTask(Prev);

        var handle = await peers.CSharp.Client.EnqueueAsync(chord.Stamp("job", job));
        var other = await peers.CSharp.Client.EnqueueAsync(CSharpTasks.WaitTask(0).Stamp("job", "other").With(options => options.Countdown = TimeSpan.FromSeconds(1)));
        await peers.Python.ControlAsync("revoke_by_stamped_headers", new { headers = new Dictionary<string, string[]> { ["job"] = [job] } });
        var end = await handle.WaitAsync(TimeSpan.FromSeconds(20));

        end.State.Should().Be(TaskStates.Failure);
        end.Error!.Message.Should().Contain("raised TaskRevokedError('revoked')");
        (await other.GetAsync(TimeSpan.FromSeconds(20))).Should().Be("waited");
    }

    [SkippableFact]
    public async Task CSharp_RevokesAGroup_ThatWaitsInBothWorkers_NoMemberRuns()
    {
        await peers.ReadyAsync();
        var group = await peers.CSharp.Client.EnqueueAsync(
            Group([.. Enumerable.Range(0, 2).Select(_ => (Signature)IPythonTasks.NowTask()), CSharpTasks.WaitTask(0)]).With(options => options.Countdown = TimeSpan.FromSeconds(3)));

        await group.RevokeAsync();

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var states = new List<string>();
        await foreach (var end in group.WatchAsync(deadline.Token)) states.Add(end.State);
        states.Should().Equal(TaskStates.Revoked, TaskStates.Revoked, TaskStates.Revoked);
    }

    [SkippableFact]
    public async Task CSharp_RevokesAChain_WhoseFirstStepWaits_ItsLastStepIsToldToo()
    {
        await peers.ReadyAsync();
        var chain = await peers.CSharp.Client.EnqueueAsync((CSharpTasks.WaitTask(0) | IPythonTasks.LengthTask(Prev)).With(options => options.Countdown = Later));

        await chain.RevokeCanvasAsync();

        (await chain.WaitAsync(TimeSpan.FromSeconds(20))).State.Should().Be(TaskStates.Revoked);
        (await peers.Python.StateAsync(chain.Id)).Should().Be(TaskStates.Revoked);
    }

    [SkippableFact]
    public async Task Group_OfPython_IsRestoredHereAndItsParentIsFound()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("chain(on('py', 'add', 1, 1), group(on('cs', 'add', 10), on('py', 'add', 20)))", "cs");
        await peers.Python.SaveCanvasAsync(sent[0]);
        var group = await peers.CSharp.Client.RestoreGroupAsync<int>(sent[0]);

        (await group!.GetAllAsync(TimeSpan.FromSeconds(20))).Should().Equal(12, 22);
        group.Parent!.Id.Should().Be(sent[1]);
    }
}
