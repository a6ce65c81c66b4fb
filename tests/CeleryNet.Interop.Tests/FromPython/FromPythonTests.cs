using System.Text.Json;
using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;

namespace CeleryNet.Interop.Tests.FromPython;

/// <summary>A real Python client calls tasks of a .NET worker and reads their results. Inherited for every transport.</summary>
public abstract partial class FromPythonTests(FromPythonFixture peers)
{
    /// <summary>The Python client, when everything has started.</summary>
    protected async Task<PythonClient> PythonAsync()
    {
        await peers.ReadyAsync();
        return peers.Python;
    }

    private async Task<JsonElement> ValueAsync(string task, object? args = null, object? kwargs = null, object? options = null, int protocol = 2)
    {
        var python = await PythonAsync();
        var result = await python.CallAsync(task, args, kwargs, options, protocol);
        result.Error.Should().BeNull();
        result.State.Should().Be("SUCCESS");
        return result.Value;
    }

    private async Task<PythonResult> FailureAsync(string task, object? args = null, object? kwargs = null)
    {
        var python = await PythonAsync();
        var result = await python.CallAsync(task, args, kwargs);
        result.State.Should().Be("FAILURE");
        result.Error.Should().NotBeNull();
        return result;
    }
}
