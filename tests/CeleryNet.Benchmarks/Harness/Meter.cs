using System.Diagnostics;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Takes the readings at the begin and at the end of a round.</summary>
internal sealed class Meter
{
    private readonly long _timestamp = Stopwatch.GetTimestamp();
    private readonly TimeSpan _clientCpu = ClientCpu();
    private readonly TimeSpan? _serverCpu = Servers.Cpu();
    private readonly long _allocated = GC.GetTotalAllocatedBytes();
    private readonly int _gen2 = GC.CollectionCount(2);

    internal static Meter Start()
    {
        AllocationProfile.Current?.Clear();
        return new Meter();
    }

    /// <summary>Collects what earlier rounds left, so that no round pays for another one's garbage.</summary>
    internal static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    internal Sample Stop(long operations) => new(operations, Stopwatch.GetElapsedTime(_timestamp))
    {
        ClientCpu = ClientCpu() - _clientCpu,
        ServerCpu = Servers.Cpu() - _serverCpu,
        AllocatedBytes = GC.GetTotalAllocatedBytes() - _allocated,
        Gen2Collections = GC.CollectionCount(2) - _gen2,
    };

    private static TimeSpan ClientCpu()
    {
        var usage = Environment.CpuUsage;
        return usage.TotalTime;
    }
}
