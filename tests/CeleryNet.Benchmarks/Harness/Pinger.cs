using System.Diagnostics;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Measures one latency after the other, with pauses, so that each meets an idle consumer.</summary>
internal static class Pinger
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5); // longer than any batching of acknowledgements

    /// <param name="count">How many.</param>
    /// <param name="ping">Sends one and returns the timestamp of its arrival.</param>
    /// <param name="deadline">Ends every wait.</param>
    internal static async Task<Sample> RunAsync(int count, Func<CancellationToken, Task<long>> ping, CancellationToken deadline)
    {
        var latencies = new double[count];
        var meter = Meter.Start();
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(Pause, deadline).ConfigureAwait(false);
            var start = Stopwatch.GetTimestamp();
            var end = await ping(deadline).WaitAsync(deadline).ConfigureAwait(false);
            latencies[i] = Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
        }

        return meter.Stop(count) with { Latencies = latencies };
    }
}
