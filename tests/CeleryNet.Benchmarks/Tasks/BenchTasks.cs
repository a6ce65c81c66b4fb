using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>The tasks everything is measured with. Static, as what they report to must not cost a lookup.</summary>
internal static class BenchTasks
{
    private static Arrivals? _arrivals;
    private static TaskCompletionSource<long>? _started;
    private static ITaskClient? _spinning;
    private static volatile ITaskClient? _computing;
    private static SemaphoreSlim? _computed;
    private static int _computingCount;

    /// <summary>Does nothing but count; see <see cref="Expect"/>.</summary>
    [Task(SampleMessages.TaskName)]
    public static int Add(int x, int y)
    {
        var arrivals = _arrivals;
        arrivals?.Begin();
        arrivals?.End();
        return x + y;
    }

    /// <summary>Tells when it began; see <see cref="ExpectStart"/>.</summary>
    [Task("bench.stamp")]
    public static int Stamp(int x)
    {
        _started?.TrySetResult(Stopwatch.GetTimestamp());
        return x;
    }

    /// <summary>Waits as a call to another service would.</summary>
    [Task("bench.wait")]
    public static async Task WaitAsync(int milliseconds, CancellationToken cancellationToken)
    {
        var arrivals = _arrivals;
        arrivals?.Begin();
        await Task.Delay(milliseconds, cancellationToken).ConfigureAwait(false);
        arrivals?.End();
    }

    /// <summary>Computes for half a millisecond and sends itself once more: see <see cref="SpinOnAsync"/>.</summary>
    [Task("bench.spin")]
    public static async Task SpinAsync(CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(0.5);) Thread.SpinWait(100);
        if (_spinning is { } client) await client.EnqueueAsync(BenchTasks.SpinTask(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Computes without a pause, and sends itself once more until <see cref="StopComputingAsync"/>.</summary>
    [Task("bench.compute")]
    public static async Task ComputeAsync(int milliseconds, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(milliseconds);) Thread.SpinWait(100);
        if (_computing is { } client) await client.EnqueueAsync(BenchTasks.ComputeTask(milliseconds), cancellationToken).ConfigureAwait(false);
        else _computed?.Release();
    }

    /// <summary>Keeps so many <see cref="ComputeAsync"/> running.</summary>
    internal static async Task ComputeOnAsync(ITaskClient client, int count, int milliseconds, CancellationToken deadline)
    {
        (_computing, _computed, _computingCount) = (client, new SemaphoreSlim(0), count);
        for (var i = 0; i < count; i++) await client.EnqueueAsync(BenchTasks.ComputeTask(milliseconds), deadline).ConfigureAwait(false);
    }

    /// <summary>Lets those that run be the last, and waits for their end.</summary>
    internal static async Task StopComputingAsync(CancellationToken deadline)
    {
        _computing = null;
        for (; _computingCount > 0; _computingCount--) await _computed!.WaitAsync(deadline).ConfigureAwait(false); // set together with the count
    }

    /// <summary>Keeps the worker of this process busy from now on.</summary>
    internal static async Task SpinOnAsync(ITaskClient client)
    {
        _spinning = client;
        await client.EnqueueAsync(BenchTasks.SpinTask()).ConfigureAwait(false);
    }

    /// <summary>Counts what <see cref="Add"/> runs from now on.</summary>
    internal static Arrivals Expect(int count) => _arrivals = new Arrivals(count);

    /// <summary>The timestamp at which <see cref="Stamp"/> begins next.</summary>
    internal static Task<long> ExpectStart() => (_started = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
