using System.Diagnostics;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Celery;

/// <summary>A Celery worker, started on a full queue. It runs a tenth of the tasks, as it would take ten times as long.</summary>
/// <remarks>From outside: the clock runs from the moment it has taken a tenth, since it may pause for a second or two behind the first ones, to the moment the queue is empty; the handful it still holds then does not count.</remarks>
internal sealed class CeleryConsume(CeleryApp app, string pool, IQueueControl queue) : IContender
{
    private const int Share = 10;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public string Name => $"Celery 5.2, {pool}{(pool == "prefork" ? " 2" : "")}";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var count = Math.Max(100, operations / Share);
        await queue.FillAsync(count, deadline).ConfigureAwait(false);
        Sample sample;
        var worker = app.StartWorker(pool);
        await using (worker.ConfigureAwait(false))
        {
            var first = await DownToAsync(count - (count / 10), deadline).ConfigureAwait(false);
            var (start, cpu, server) = (Stopwatch.GetTimestamp(), ProcessUsage.Cpu(worker.Id), Servers.Cpu());
            var last = await DownToAsync(0, deadline).ConfigureAwait(false);
            sample = new Sample(first - last, Stopwatch.GetElapsedTime(start)) { ClientCpu = ProcessUsage.Cpu(worker.Id) - cpu, ServerCpu = Servers.Cpu() - server };
        }

        await queue.ClearAsync(deadline).ConfigureAwait(false); // what the killed worker held
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await queue.DisposeAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<int> DownToAsync(int count, CancellationToken deadline)
    {
        while (true)
        {
            var waiting = await queue.CountAsync(deadline).ConfigureAwait(false);
            if (waiting <= count) return waiting;
            await Task.Delay(Look, deadline).ConfigureAwait(false);
        }
    }
}
