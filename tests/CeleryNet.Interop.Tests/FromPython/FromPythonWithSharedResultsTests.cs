using CeleryNet.Contracts;
using CeleryNet.Interop.Tests.Peers;

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
}
