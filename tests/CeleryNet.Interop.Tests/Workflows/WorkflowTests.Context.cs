using System.Text.Json;
using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Results;
using static CeleryNet.Canvas;

namespace CeleryNet.Interop.Tests.Workflows;

/// <content>Callbacks, who is whose parent, and canvases that a .NET client sends.</content>
public abstract partial class WorkflowTests
{
    [SkippableFact]
    public async Task Callbacks_OfASuccess_AreItsChildrenAndKnowTheirParent()
    {
        await peers.ReadyAsync();
        var (single, member) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        var sent = await peers.Python.CanvasAsync(
            $"on('cs', 'echo', 5, link=[on('cs', 'context', task_id='{single}', immutable=True), on('py', 'add', 1, task_id='{member}'), group(on('py', 'add', 2), on('cs', 'add', 3))])", "cs");
        var context = (await peers.Python.GetAsync(single)).Value;
        var sum = (await peers.Python.GetAsync(member)).Value;
        var tree = await peers.Python.TreeAsync(sent[0]);

        context.GetProperty("parent").GetString().Should().Be(sent[0]);
        context.GetProperty("root").GetString().Should().Be(sent[0]);
        sum.GetInt32().Should().Be(6);
        tree[1].GetArrayLength().Should().Be(2, "the group, and the other two as one");
        tree[1].EnumerateArray().SelectMany(group => group[1].EnumerateArray()).Should().HaveCount(4);
    }

    [SkippableFact]
    public async Task Chain_ThroughBothWorkers_KeepsRootAndParents()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("chain(on('cs', 'add', 1, 1), on('py', 'add', 1), on('cs', 'context', immutable=True))", "cs");
        var context = (await peers.Python.GetAsync(sent[0])).Value;
        var first = await peers.Python.MetaAsync(sent[2]);

        context.GetProperty("parent").GetString().Should().Be(sent[1]);
        context.GetProperty("root").GetString().Should().Be(sent[2]);
        first.GetProperty("children").GetRawText().Should().Contain(sent[1]);
    }

    [SkippableFact]
    public async Task Task_ThatSendsTasks_RecordsThemAsChildren()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("on('cs', 'parent')", "cs");
        await peers.Python.CanvasResultAsync(sent[0]);
        var tree = await peers.Python.TreeAsync(sent[0]);

        tree[1].GetArrayLength().Should().Be(3);
    }

    [SkippableFact]
    public async Task Canvas_OfDotNet_ThroughBothWorkers_HasItsValue()
    {
        await peers.ReadyAsync();
        var canvas = CSharpTasks.AddTask(1, 1) | IPythonTasks.AddTask(Prev, 10) | Group(CSharpTasks.AddTask(Prev, 1), IPythonTasks.AddTask(Prev, 2)) | CanvasTasks.TotalTask(Prev) | IPythonTasks.AddTask(Prev, 1000);

        var handle = await peers.CSharp.Client.EnqueueAsync(canvas);

        (await handle.GetAsync(TimeSpan.FromSeconds(20))).Should().Be(1027);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Chord_OfDotNet_WithMembersInBothWorkers_KeepsTheirOrder(int members)
    {
        await peers.ReadyAsync();
        var header = Group(Enumerable.Range(0, members).Select(i => i % 2 == 0 ? CSharpTasks.AddTask(i, 0) : IPythonTasks.AddTask(i, 0)));

        var handle = await peers.CSharp.Client.EnqueueAsync(header | CanvasTasks.SameTask(Prev));

        (await handle.GetAsync(TimeSpan.FromSeconds(30))).Should().Equal(Enumerable.Range(0, members));
    }
}
