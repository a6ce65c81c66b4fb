using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.RabbitMQ;
using CeleryNet.Benchmarks.Redis;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks;

/// <summary>What this program does as a child of itself: it says "ready" and then lives until its standard input ends.</summary>
internal static class Roles
{
    /// <summary>Connections to both servers by the raw clients, nothing else: what no program that uses them can fall below.</summary>
    internal const string Floor = "floor";

    /// <summary>A worker on RabbitMQ with results in Redis.</summary>
    internal const string Worker = "worker";

    /// <summary>A worker on Redis that always has a task to run.</summary>
    internal const string BusyWorker = "busy-worker";

    internal static async Task<int> RunAsync(string role)
    {
        var owned = await StartAsync(role).ConfigureAwait(false);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync().ConfigureAwait(false) is not null)
        {
        }

        foreach (var one in owned) await one.DisposeAsync().ConfigureAwait(false);
        return 0;
    }

    private static async Task<IAsyncDisposable[]> StartAsync(string role)
    {
        switch (role)
        {
            case Floor: return [await RawPublisher.OpenAsync().ConfigureAwait(false), await RedisQueueControl.OpenAsync().ConfigureAwait(false)];
            case Worker: return [await TaskHost.StartAsync(Servers.RabbitMQ, Servers.Redis, withWorker: true, default).ConfigureAwait(false)];
            case BusyWorker:
                var host = await TaskHost.StartAsync(Servers.Redis, TaskHost.NoResults, withWorker: true, default).ConfigureAwait(false);
                await BenchTasks.SpinOnAsync(host.Client).ConfigureAwait(false);
                return [host];
            default: throw new ArgumentException($"There is no role '{role}'.", nameof(role));
        }
    }
}
