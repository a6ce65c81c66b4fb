using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Tasks;

/// <summary>CeleryNet's client: 1 000 callers that each await one call after the other, or one that sends all in one call.</summary>
internal sealed class Produce : IContender
{
    private const int InFlight = 1000;

    private readonly TaskHost _host;
    private readonly bool _isBulk;
    private readonly IQueueControl _queue;

    private Produce(TaskHost host, bool isBulk, IQueueControl queue) => (_host, _isBulk, _queue) = (host, isBulk, queue);

    public string Name => _isBulk ? "CeleryNet, EnqueueManyAsync" : "CeleryNet, EnqueueAsync";

    internal static async Task<Produce> OpenAsync(string broker, IQueueControl queue, bool isBulk = false, Action<TaskQueueBuilder>? configure = null) =>
        new(await TaskHost.StartAsync(broker, TaskHost.NoResults, withWorker: false, default, configure).ConfigureAwait(false), isBulk, queue);

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var client = _host.Client;
        var meter = Meter.Start();
        var sending = _isBulk
            ? client.EnqueueManyAsync(Enumerable.Range(0, operations).Select(_ => BenchTasks.AddTask(1, 2)), deadline)
            : Task.WhenAll(Enumerable.Range(0, InFlight).Select(caller => SendAsync(client, (operations / InFlight) + (caller < operations % InFlight ? 1 : 0))));
        await sending.WaitAsync(deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        await _queue.EmptyAsync(operations, deadline).ConfigureAwait(false);
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync().ConfigureAwait(false);
        await _queue.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task SendAsync(ITaskClient client, int count)
    {
        for (var i = 0; i < count; i++) await client.EnqueueAsync(BenchTasks.AddTask(1, 2)).ConfigureAwait(false);
    }
}
