using System.Text.Json;
using CeleryNet.Results;

namespace CeleryNet.Interop.Tests.Workflows;

/// <content>Celery's own tasks, which Python sends by name and a .NET worker runs.</content>
public abstract partial class WorkflowTests
{
    [SkippableTheory]
    [InlineData("built('accumulate', 1, [2], 'three')", "[1,[2],\"three\"]")]
    [InlineData("built('accumulate', 1, 2, 3, index=-1)", "3")]
    [InlineData("chain(on('py', 'echo', 1), built('accumulate', 2))", "[1,2]")]
    [InlineData("built('map', on('cs', 'echo'), [1, [2]])", "[1,[2]]")]
    [InlineData("built('starmap', on('cs', 'add'), [[1, 2], [3, 4]])", "[3,7]")]
    [InlineData("built('backend_cleanup')", "null")]
    public async Task BuiltIn_OfPython_HasCelerysValue(string code, string value)
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync(code, "cs");
        var result = await peers.Python.CanvasResultAsync(sent[0]);

        result.Text.Should().Be(value);
    }

    [SkippableFact]
    public async Task BuiltInChain_OfPython_FailsInCelerysWords()
    {
        await peers.ReadyAsync();

        var sent = await peers.Python.CanvasAsync("built('chain', [])", "cs");

        (await peers.Python.CanvasResultAsync(sent[0])).Error.Should().Contain("chain is not a real task");
    }

    [SkippableFact]
    public async Task BuiltInGroup_OfPython_SendsItsMembersWithTheirArgument()
    {
        await peers.ReadyAsync();
        var (first, second, group) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        var sent = await peers.Python.CanvasAsync(
            $"built('group', [on('cs', 'add', 1, task_id='{first}'), on('py', 'add', 2, task_id='{second}')], [['{group}', None], [[['{first}', None], None], [['{second}', None], None]]], '{group}', [5])", "cs");
        var own = await peers.Python.CanvasResultAsync(sent[0]);
        var tree = await peers.Python.TreeAsync(sent[0]);

        (await peers.Python.GetAsync(first)).Value.GetInt32().Should().Be(6);
        (await peers.Python.GetAsync(second)).Value.GetInt32().Should().Be(7);
        own.Value[0][0].GetString().Should().Be(group);
        tree[1][0][1].EnumerateArray().Select(member => member[0].GetString()).Should().Equal(first, second);
    }

    [SkippableFact]
    public async Task BuiltInChord_OfPython_RunsItsBody()
    {
        await peers.ReadyAsync();
        var body = Guid.NewGuid().ToString();

        await peers.Python.CanvasAsync($"built('chord', [on('cs', 'add', 1, 1), on('py', 'add', 2, 2)], on('py', 'echo', task_id='{body}'))", "cs");

        JsonSerializer.Serialize((await peers.Python.GetAsync(body)).Value).Should().Be("[2,4]");
    }

    [SkippableFact]
    public async Task BuiltInChunks_OfPython_SendsPartsOfThem()
    {
        await peers.ReadyAsync();

        // The parts go where the task goes by default: to the .NET worker.
        var sent = await peers.Python.CanvasAsync("built('chunks', on('cs', 'add'), [[1, 2], [3, 4], [5, 6]], 2)", "cs");
        var own = await peers.Python.CanvasResultAsync(sent[0]);
        var parts = new List<string>();
        foreach (var member in own.Value[1].EnumerateArray()) parts.Add(JsonSerializer.Serialize((await peers.Python.GetAsync(member[0][0].GetString()!)).Value)); // an id is a text

        parts.Should().Equal("[3,7]", "[11]");
    }

    [SkippableTheory]
    [InlineData("on('py', 'echo', 1", TaskStates.Success, "[1,\"tracked\"]")]
    [InlineData("on('py', 'raise'", TaskStates.Failure, "ChordError")]
    public async Task ChordUnlock_OfPython_WaitsForTheHeaderAndEndsTheChord(string member, string state, string value)
    {
        await peers.ReadyAsync();
        var (first, second, body) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        await peers.Python.CanvasAsync(
            $"built('chord_unlock', '{Guid.NewGuid()}', on('py', 'echo', task_id='{body}'), interval=0.2, result=[[['{first}', None], None], [['{second}', None], None]])", "cs");
        await peers.Python.CanvasAsync($"{member}, task_id='{first}')", "cs");
        await peers.Python.CanvasAsync($"on('cs', 'tracked', 500, task_id='{second}')", "cs");
        var end = await peers.Python.GetAsync(body);

        end.State.Should().Be(state);
        (state == TaskStates.Success ? JsonSerializer.Serialize(end.Value) : end.Error!.Type).Should().Be(value); // a failure has an error
    }
}
