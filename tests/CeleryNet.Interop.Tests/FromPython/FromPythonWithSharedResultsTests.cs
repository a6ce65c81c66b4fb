using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.FromPython;

/// <summary>What a Python client can do only where results are kept: Celery's rpc results cannot be forgotten, and their states not be looked at.</summary>
public abstract class FromPythonWithSharedResultsTests(FromPythonFixture peers) : FromPythonTests(peers)
{
    [SkippableFact]
    public async Task Result_AfterForget_IsGone()
    {
        var python = await PythonAsync();
        var id = await python.SendAsync("cs.add", new[] { 2, 3 });
        await python.GetAsync(id);

        await python.ForgetAsync(id);

        (await python.StateAsync(id)).Should().Be("PENDING");
    }

    [SkippableFact]
    public async Task TrackedTask_ShowsStartedBeforeItsEnd()
    {
        var python = await PythonAsync();

        var id = await python.SendAsync("cs.tracked", new[] { 1000 });
        await Eventually.IsTrueAsync(async () => await python.StateAsync(id) == "STARTED");

        (await python.GetAsync(id)).Value.GetString().Should().Be("tracked");
    }

    [SkippableFact]
    public async Task Progress_IsStateAndInfoOfPythonsResult()
    {
        var python = await PythonAsync();
        var key = Guid.NewGuid().ToString();
        var id = await python.SendAsync("cs.reporting", new[] { key });

        await Eventually.IsTrueAsync(async () => await python.StateAsync(id) == "PROGRESS");
        var (state, info) = await python.InfoAsync(id);
        var meta = await python.MetaAsync(id);
        Runs.Note(key);

        (state, info.GetProperty("done").GetInt32(), info.GetProperty("of").GetInt32()).Should().Be(("PROGRESS", 3, 4));
        meta.GetProperty("date_done").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        (await python.GetAsync(id)).Value.GetString().Should().Be("reported");
    }

    [SkippableFact]
    public async Task Retry_WhileItWaits_ShowsItsErrorAsPythonDoes()
    {
        var python = await PythonAsync();

        var id = await python.SendAsync("cs.retry_later", new[] { 2 });
        await Eventually.IsTrueAsync(async () => await python.StateAsync(id) == "RETRY");
        var meta = await python.MetaAsync(id);

        meta.GetProperty("date_done").ValueKind.Should().Be(System.Text.Json.JsonValueKind.Null);
        meta.GetProperty("traceback").GetString().Should().Contain("not yet");
        meta.GetProperty("result").GetRawText().Should().Contain("not yet");
        (await python.GetAsync(id)).Value.GetInt32().Should().Be(1);
    }

    [SkippableTheory]
    [InlineData("ignore")]
    [InlineData("reject")]
    public async Task Outcome_ThatStoresNothing_StaysPending(string kind)
    {
        var python = await PythonAsync();

        var id = await python.SendAsync("cs.outcome", new[] { kind });
        await Eventually.IsTrueAsync(() => Tasks.Runs.Of(id) == 1);
        await python.CallAsync("cs.add", new[] { 1, 2 });

        (await python.StateAsync(id)).Should().Be("PENDING");
    }
}
