using System.Diagnostics;
using CeleryNet.Events;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Contracts;

/// <summary>Events outlive a broker that is killed and started again, without anybody's doing. Inherited for every broker.</summary>
public abstract class EventRestartContract
{
    private const string Queue = "events";
    private const string NodeName = "celery@restart";

    private static readonly TimeSpan FlowAgain = TimeSpan.FromSeconds(5);

    /// <summary>Starts a broker of the test's own.</summary>
    protected abstract Task<IRestartableBroker> StartBrokerAsync();

    [SkippableFact]
    public async Task Events_BrokerKilledAndStartedAgain_FlowAgainWithinSeconds()
    {
        await using var broker = await StartBrokerAsync();
        using var host = await StartHostAsync(broker);
        using var stop = new CancellationTokenSource();
        var cluster = new ClusterState();
        var following = cluster.FollowAsync(host.Services.GetRequiredService<IEventReceiver>(), stop.Token);
        await Eventually.IsTrueAsync(() => cluster.FindWorker(NodeName) is { IsAlive: true });

        await broker.RestartAsync();
        var (restarted, started) = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
        await Eventually.IsTrueAsync(() => cluster.FindWorker(NodeName) is { LastSeen: { } seen } && seen >= restarted, TimeSpan.FromSeconds(30));
        var silence = Stopwatch.GetElapsedTime(started);
        var task = await host.Services.GetRequiredService<ITaskClient>().EnqueueByNameAsync("work");
        await Eventually.IsTrueAsync(() => cluster.FindTask(task.Id)?.State == "SUCCESS", TimeSpan.FromSeconds(30));

        silence.Should().BeLessThan(FlowAgain);
        await stop.CancelAsync();
        await FluentActions.Awaiting(() => following).Should().ThrowAsync<OperationCanceledException>();
        await host.StopAsync();
    }

    private static async Task<IHost> StartHostAsync(IRestartableBroker broker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            broker.Use(queue);
            queue.UseResults("disabled://").DefaultQueue(Queue).AddWorker(worker =>
            {
                (worker.NodeName, worker.SendTaskEvents) = (NodeName, true);
                worker.HeartbeatInterval = TimeSpan.FromSeconds(0.5); // so that the time is that of the connections
            });
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(EventRestartContract), [DelegateHandler.Returning("work", _ => Task.FromResult("done"))]));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
