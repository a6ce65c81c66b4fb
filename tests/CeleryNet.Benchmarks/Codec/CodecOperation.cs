using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Codec;

/// <summary>
/// One codec call, measured on this thread alone: repeated for at least <see cref="RoundTime"/>, bytes from the thread's own counter, so exact.
/// </summary>
internal sealed class CodecOperation(string name, Action call) : IContender
{
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(200);
    private const int Block = 1000;

    public string Name { get; } = name;

    public Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        // The fastest block counts: what disturbs a loop on one thread only ever makes it slower.
        var fastest = long.MaxValue;
        do
        {
            var blockStart = Stopwatch.GetTimestamp();
            for (var i = 0; i < Block; i++) call();
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - blockStart);
            count += Block;
        }
        while (Stopwatch.GetElapsedTime(start) < RoundTime && !deadline.IsCancellationRequested);

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var elapsed = Stopwatch.GetElapsedTime(0, fastest) * (count / Block);
        return Task.FromResult(new Sample(count, elapsed) { AllocatedBytes = allocated });
    }

    public ValueTask DisposeAsync() => default;
}
