using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Staging;

/// <content>Tasks beside the steady load.</content>
public sealed partial class Stage
{
    private readonly List<Load.Publish> _further = [];

    /// <summary>Sends tasks of its own in one batch; they are counted with the load.</summary>
    /// <returns>Their keys.</returns>
    public async Task<IReadOnlyList<string>> EnqueueAsync(string name, int count, int milliseconds)
    {
        var keys = Enumerable.Range(0, count).Select(index => $"{name}-{index}").ToList();
        var start = DateTimeOffset.UtcNow;
        var handles = await Host.Client.EnqueueManyAsync(keys.Select(key => ChaosTasks.RecordTask(key, milliseconds)));
        var end = DateTimeOffset.UtcNow;
        _further.AddRange(keys.Zip(handles, (key, handle) => new Load.Publish(key, start, end, null) { Handle = handle }));
        return keys;
    }
}
