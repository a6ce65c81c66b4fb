using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Footprint;

/// <summary>A process from its start until it is ready, and what it then uses while it has nothing to do.</summary>
/// <param name="name">Shown in the table.</param>
/// <param name="start">Starts it.</param>
internal sealed class StartAndIdle(string name, Func<ChildProcess> start) : IContender
{
    public string Name { get; } = name;

    /// <summary>From "ready" until the time without work is measured.</summary>
    internal TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long that is measured.</summary>
    internal TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Removed with this.</summary>
    internal IAsyncDisposable? Owned { get; init; }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var process = start();
        await using (process.ConfigureAwait(false))
        {
            var ready = await process.ReadyAsync(deadline).ConfigureAwait(false);
            await Task.Delay(Calm, deadline).ConfigureAwait(false);
            var (began, cpu) = (Stopwatch.GetTimestamp(), ProcessUsage.Cpu(process.Id));
            await Task.Delay(Idle, deadline).ConfigureAwait(false);
            var used = ProcessUsage.Cpu(process.Id) - cpu;
            return new Sample(1, ready) { MemoryBytes = ProcessUsage.Memory(process.Id), IdleCpuPercent = 100 * used / Stopwatch.GetElapsedTime(began) };
        }
    }

    public ValueTask DisposeAsync() => Owned?.DisposeAsync() ?? default;
}
