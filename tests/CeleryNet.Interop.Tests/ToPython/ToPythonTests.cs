using CeleryNet.Interop.Tests.Peers;

namespace CeleryNet.Interop.Tests.ToPython;

/// <summary>A .NET client calls tasks of a real Python worker and reads their results. Inherited for every transport.</summary>
public abstract partial class ToPythonTests(ToPythonFixture peers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private async Task<ITaskClient> ClientAsync()
    {
        await peers.ReadyAsync();
        return peers.CSharp.Client;
    }

    private async Task<T> CallAsync<T>(Signature<T> task)
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(task);
        return await handle.GetAsync(Limit);
    }

    private async Task<RemoteTaskException> FailureAsync<T>(Signature<T> task)
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(task);
        return (await handle.Invoking(failing => failing.GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which;
    }
}
