using CeleryNet.Contracts;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>The database goes away under a worker whose tasks run, and comes back; and what the health checks say meanwhile.</summary>
public abstract class DatabaseAwayContract : IAsyncLifetime
{
    private const int Tasks = 20;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IAsyncDisposable> _owned = [];
    private int _begun;
    private int _ended;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        _gate.TrySetResult();
        await BackAsync();
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tasks_ThatEndWhileTheDatabaseIsAway_AreSettledWhenItIsBackAndRunOnce(bool withResults)
    {
        var host = await StartAsync(withResults);
        var handles = new List<TaskHandle<string>>();
        for (var i = 0; i < Tasks; i++) handles.Add(await host.Client.EnqueueByNameAsync<string>("gated"));
        await Eventually.IsTrueAsync(() => Volatile.Read(ref _begun) == Tasks);

        await AwayAsync();
        _gate.SetResult();
        await Eventually.IsTrueAsync(() => Volatile.Read(ref _ended) == Tasks);
        await TriedAsync();
        (await MessagesAsync()).Should().Be(Tasks, "nothing of it can be written down");
        await BackAsync();

        await Eventually.IsTrueAsync(async () => await MessagesAsync() == 0, TimeSpan.FromSeconds(30));
        Volatile.Read(ref _begun).Should().Be(Tasks, "none of them ran twice: it was away for less than a lease lasts");
        if (withResults) foreach (var handle in handles) (await handle.GetAsync(TimeSpan.FromSeconds(10))).Should().Be("done");
    }

    [SkippableFact]
    public async Task HealthChecks_TellThatTheDatabaseIsAwayAndBackAgain()
    {
        var host = await StartAsync(withResults: true);
        (await CheckAsync(host)).Status.Should().Be(HealthStatus.Healthy);

        await UnreachableAsync();
        var report = await CheckAsync(host);
        await BackAsync();

        foreach (var name in new[] { "taskqueue-broker", "taskqueue-results" })
        {
            report.Entries[name].Status.Should().Be(HealthStatus.Unhealthy);
            report.Entries[name].Description.Should().Contain(name.EndsWith("broker", StringComparison.Ordinal) ? "[CN3001]" : "[CN4003]");
            if (Secret is { } secret) report.Entries[name].Description.Should().NotContain(secret);
        }

        await Eventually.IsTrueAsync(async () => (await CheckAsync(host)).Status == HealthStatus.Healthy, TimeSpan.FromSeconds(30));
    }

    /// <summary>Broker and, where that is asked for, results; on the way that can be cut.</summary>
    protected abstract void Use(TaskQueueBuilder queue, bool withResults);

    /// <summary>What no text may show.</summary>
    protected virtual string? Secret => null;

    /// <summary>From now on nothing is written.</summary>
    protected abstract Task AwayAsync();

    /// <summary>From now on nothing is written or read.</summary>
    protected abstract Task UnreachableAsync();

    /// <summary>Waits until the worker has tried in vain.</summary>
    protected abstract Task TriedAsync();

    /// <summary>Ends what <see cref="AwayAsync"/> or <see cref="UnreachableAsync"/> began, if anything.</summary>
    protected abstract Task BackAsync();

    /// <summary>How many messages there are, asked on a way that is not cut.</summary>
    protected abstract Task<long> MessagesAsync();

    private static async Task<HealthReport> CheckAsync(Running host) =>
        await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name.EndsWith("broker", StringComparison.Ordinal) || check.Name.EndsWith("results", StringComparison.Ordinal)).Within(TimeSpan.FromSeconds(20));

    private async Task<Running> StartAsync(bool withResults)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            Use(queue, withResults);
            queue.Configure(options => options.PublishTimeout = TimeSpan.FromSeconds(30)).AddWorker(worker => worker.Concurrency = Tasks);
        });
        builder.Services.AddHealthChecks().AddTaskQueue(timeout: TimeSpan.FromSeconds(2));
        var gated = DelegateHandler.Returning("gated", async _ =>
        {
            Interlocked.Increment(ref _begun);
            await _gate.Task;
            Interlocked.Increment(ref _ended);
            return "done";
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(DatabaseAwayContract), [gated]));
        var built = builder.Build();
        var running = new Running(built);
        _owned.Add(running);
        await built.StartAsync().Within();
        return running;
    }

    private sealed class Running(IHost host) : IAsyncDisposable
    {
        internal IServiceProvider Services => host.Services;

        internal ITaskClient Client => host.Services.GetRequiredService<ITaskClient>();

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }
}
