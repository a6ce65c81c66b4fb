using System.Globalization;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;

namespace CeleryNet.Benchmarks.Celery;

/// <summary>A Celery client that calls <c>delay</c> in a loop, over one connection. It sends a tenth of the tasks.</summary>
internal sealed class CeleryProduce(CeleryApp app, IQueueControl queue) : IContender
{
    private const int Share = 10;

    public string Name => "Celery 5.2, delay";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var count = Math.Max(100, operations / Share);
        var server = Servers.Cpu();
        var client = app.StartClient(count);
        await using (client.ConfigureAwait(false))
        {
            await client.ReadyAsync(deadline).ConfigureAwait(false);
            var told = client.Output.Split('\n').First(line => line.StartsWith("sent ", StringComparison.Ordinal)).Split(' ');
            await client.ExitAsync(deadline).ConfigureAwait(false);
            await queue.EmptyAsync(count + 1, deadline).ConfigureAwait(false); // one that opened the connection
            return new Sample(count, TimeSpan.FromSeconds(double.Parse(told[1], CultureInfo.InvariantCulture)))
            {
                ClientCpu = TimeSpan.FromSeconds(double.Parse(told[2], CultureInfo.InvariantCulture)),
                ServerCpu = Servers.Cpu() - server,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        await queue.DisposeAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }
}
