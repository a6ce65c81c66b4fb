using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>Another contender while a listener has every trace of CeleryNet made and recorded, and drops it: the cost on our side, without an exporter's.</summary>
internal sealed class Traced(IContender inner) : IContender
{
    private int _ended;

    public string Name => inner.Name;

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        _ended = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "CeleryNet",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ => Interlocked.Increment(ref _ended),
        };
        ActivitySource.AddActivityListener(listener);
        var sample = await inner.RunAsync(operations, deadline).ConfigureAwait(false);
        if (Volatile.Read(ref _ended) < operations) throw new InvalidOperationException($"{operations} tasks left only {_ended} traces.");
        return sample;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
