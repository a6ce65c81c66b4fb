using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;
using static CeleryNet.Canvas;

namespace CeleryNet.Benchmarks.Canvases;

/// <summary>A canvas sent and waited for by CeleryNet's client, run by its worker in the same process, both in their default settings. The clock runs from the call to the result.</summary>
internal sealed class CanvasRun(CanvasForm form, IQueueControl queue) : IContender
{
    private const int WarmCount = 10; // connections, scripts, first calls; Celery has the same

    public string Name => "CeleryNet client and worker";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        Sample sample;
        var host = await TaskHost.StartAsync(Servers.Redis, Servers.Redis, withWorker: true, deadline).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            await RunOnceAsync(host.Client, WarmCount, deadline).ConfigureAwait(false);
            var meter = Meter.Start();
            await RunOnceAsync(host.Client, operations, deadline).ConfigureAwait(false);
            sample = meter.Stop(operations);
            await queue.SettledAsync(deadline).ConfigureAwait(false);
        }

        await queue.EmptyAsync(0, deadline).ConfigureAwait(false);
        return sample;
    }

    public ValueTask DisposeAsync() => queue.DisposeAsync();

    private async Task RunOnceAsync(ITaskClient client, int count, CancellationToken deadline)
    {
        var sum = form switch
        {
            CanvasForm.Group => (await (await client.EnqueueAsync(Header(count), deadline).ConfigureAwait(false)).GetAllAsync(cancellationToken: deadline).ConfigureAwait(false)).Sum(),
            CanvasForm.Chord => await (await client.EnqueueAsync(Header(count) | CanvasTasks.SumTask(Prev), deadline).ConfigureAwait(false)).GetAsync(cancellationToken: deadline).ConfigureAwait(false),
            _ => await (await client.EnqueueAsync(Chain(count), deadline).ConfigureAwait(false)).GetAsync(cancellationToken: deadline).ConfigureAwait(false),
        };
        if (sum != count) throw new InvalidOperationException($"The {form} of {count} tasks gave {sum}.");
    }

    private static GroupSignature<int> Header(int count) => Group(Enumerable.Range(0, count).Select(_ => CanvasTasks.NextTask(0)));

    private static Signature<int> Chain(int count) => Enumerable.Range(1, count - 1).Aggregate(CanvasTasks.NextTask(0), (chain, _) => chain | CanvasTasks.NextTask(Prev));
}
