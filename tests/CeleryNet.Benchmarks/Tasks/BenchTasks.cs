using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>The tasks everything is measured with. Static, as what they report to must not cost a lookup.</summary>
internal static class BenchTasks
{
    private static Arrivals? _arrivals;
    private static TaskCompletionSource<long>? _started;

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

    /// <summary>Counts what <see cref="Add"/> runs from now on.</summary>
    internal static Arrivals Expect(int count) => _arrivals = new Arrivals(count);

    /// <summary>The timestamp at which <see cref="Stamp"/> begins next.</summary>
    internal static Task<long> ExpectStart() => (_started = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
