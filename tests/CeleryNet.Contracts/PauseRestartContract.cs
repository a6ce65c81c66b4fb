using System.Collections.Concurrent;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Contracts;

/// <summary>A queue that is paused stays so when the broker is killed and started again with its data. Inherited for every broker.</summary>
public abstract class PauseRestartContract
{
    private const string Paused = "paused";
    private const string Open = "open";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _ran = new();

    /// <summary>Starts a broker of the test's own that keeps its data when it is killed.</summary>
    protected abstract Task<IRestartableBroker> StartBrokerAsync();

    [SkippableFact]
    public async Task Pause_BrokerKilledAndStartedAgain_StaysForWorkersThatWereThereAndForNewOnes()
    {
        await using var broker = await StartBrokerAsync();
        using var host = await StartHostAsync(broker);
        var (client, queues) = (host.Services.GetRequiredService<ITaskClient>(), host.Services.GetRequiredService<ITaskQueues>());
        await queues.PauseAsync(Paused);
        await Eventually.IsTrueAsync(() => IsPaused(host));
        await client.EnqueueByNameAsync("work", configure: o => o.Queue = Paused);

        await broker.RestartAsync();
        await RunAsync(client, 1);
        using var later = await StartHostAsync(broker);
        await client.EnqueueByNameAsync("work", configure: o => o.Queue = Paused);
        for (var more = 2; more <= 20; more++) await RunAsync(client, more);
        var (wereThere, areNew, ranOfPaused) = (IsPaused(host), IsPaused(later), _ran.Count(queue => queue == Paused));
        await queues.ResumeAsync(Paused);

        (wereThere, areNew, ranOfPaused).Should().Be((true, true, 0));
        await Eventually.IsTrueAsync(() => _ran.Count(queue => queue == Paused) == 2, Patience);
        await later.StopAsync();
        await host.StopAsync();
    }

    private static bool IsPaused(IHost host) => host.Services.GetRequiredService<ITaskWorker>().Queues.Single(queue => queue.Name == Paused).IsPaused;

    // Of the other queue, which shows that workers are at work.
    private async Task RunAsync(ITaskClient client, int count)
    {
        await Eventually.IsTrueAsync(async () =>
        {
            try
            {
                await client.EnqueueByNameAsync("work", configure: o => o.Queue = Open);
                return true;
            }
            catch (PublishException)
            {
                return false; // the broker was killed just now
            }
        }, Patience);
        await Eventually.IsTrueAsync(() => _ran.Count(queue => queue == Open) >= count, Patience);
    }

    private async Task<IHost> StartHostAsync(IRestartableBroker broker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            broker.Use(queue);
            queue.UseResults("disabled://").AddWorker(worker => worker.Queues(Paused, Open));
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(PauseRestartContract), [new DelegateHandler("work", Note)]));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private ValueTask Note(TaskInvocation invocation)
    {
        _ran.Enqueue(invocation.Context.Queue);
        return default;
    }
}
