using System.Globalization;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Celery;

/// <summary>Celery: from the call of <c>delay</c> to the begin of the task in an idle worker of another process, or to its result in the hands of the caller.</summary>
/// <remarks>Both come from one run: a task's result is the time of its begin. The processor time is the worker's.</remarks>
internal sealed class CeleryLatency(CeleryApp app, bool toResult) : IContender
{
    private const string Pool = "prefork";

    public string Name => $"Celery 5.2, {Pool} 2, to {(toResult ? "result" : "start")}";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var worker = app.StartWorker(Pool);
        await using var closingWorker = worker.ConfigureAwait(false);
        var (meter, cpu) = (Meter.Start(), ProcessUsage.Cpu(worker.Id));
        var client = app.StartPings(operations);
        await using var closingClient = client.ConfigureAwait(false);
        await client.ReadyAsync(deadline).ConfigureAwait(false);
        var latencies = client.Output.Split('\n')
            .Where(line => line.StartsWith("ping ", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(' ')[toResult ? 2 : 1], CultureInfo.InvariantCulture))
            .ToArray();
        if (latencies.Length != operations) throw new InvalidOperationException($"Celery told of {latencies.Length} tasks instead of {operations}: {client.Output}");
        return meter.Stop(operations) with { ClientCpu = ProcessUsage.Cpu(worker.Id) - cpu, AllocatedBytes = 0, Latencies = latencies };
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
