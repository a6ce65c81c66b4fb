using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Hosting;

/// <summary>A host that lacks the store which its tasks need does not start.</summary>
public sealed class StoreCheckTests
{
    private static readonly TaskKeyReader Key = (in TaskBody _, WireOptions _) => [""];

    [Fact]
    public async Task Start_WithALimitThatNothingCounts_IsRefusedWithTheWayOut() =>
        await ExpectAsync("*Task 'bounded' has a [Concurrency]*broker amqp://*UseRedis*[Task(RateLimit*", conditions: new TaskConditions(Key) { Limits = [TaskLimit.OfConcurrency(1)] });

    [Fact]
    public async Task Start_WithUniqueTasksThatNothingKeeps_IsRefusedAlsoWithoutAWorker()
    {
        var conditions = new TaskConditions(Key) { Unique = new UniqueRule { For = TimeSpan.FromMinutes(1) } };

        await ExpectAsync("*Task 'bounded' is [Unique]*UseRedis*", conditions: conditions);
        await ExpectAsync("*Task 'bounded' is [Unique]*UseRedis*", conditions: conditions, hasWorker: false);
    }

    [Fact]
    public async Task Start_OfAHostThatOnlySends_NeedsNoPermits()
    {
        using var host = Build(null, new TaskConditions(Key) { Limits = [TaskLimit.OfConcurrency(1)] }, hasWorker: false, null);

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_WithSkipFinished_NeedsResultsThatCanBeAsked()
    {
        var skips = new TaskPolicy { SkipFinished = true };

        await ExpectAsync("*Tasks:bounded:SkipFinished is true, but results are disabled*UseRedisResults*", skips, configure: queue => queue.UseResults("disabled://"));
        await ExpectAsync("*Tasks:bounded:SkipFinished is true, but*can be asked by the sender*", skips, configure: queue => queue.UseResults(_ => new OwnResults()));
        await ExpectAsync("*Tasks:bounded:SkipFinished is true, but the task's results are ignored*", skips with { IgnoreResult = true });
    }

    [Fact]
    public async Task Start_OnTheEmbeddedBroker_HasEverything()
    {
        var conditions = new TaskConditions(Key) { Limits = [TaskLimit.OfConcurrency(1)], Unique = new UniqueRule { For = TimeSpan.FromMinutes(1) } };
        using var host = Build(new TaskPolicy { SkipFinished = true }, conditions, hasWorker: true, queue => queue.UseInMemory());

        await host.StartAsync();
        await host.StopAsync();
    }

    private static async Task ExpectAsync(
        string message, TaskPolicy? policy = null, TaskConditions? conditions = null, bool hasWorker = true, Action<TaskQueueBuilder>? configure = null)
    {
        using var host = Build(policy, conditions, hasWorker, configure);

        (await host.Invoking(built => built.StartAsync()).Should().ThrowAsync<TaskQueueConfigurationException>()).WithMessage(message);
    }

    private static IHost Build(TaskPolicy? policy, TaskConditions? conditions, bool hasWorker, Action<TaskQueueBuilder>? configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseBroker(_ => new RecordingBroker()).UseResults(_ => new ScriptedResults());
            configure?.Invoke(queue);
            if (hasWorker) queue.AddWorker();
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(StoreCheckTests), [new DelegateHandler("bounded", _ => default, policy, conditions)]));
        return builder.Build();
    }

    private sealed class OwnResults : IResultBackend, IResultAudience
    {
        public string Address => "rpc://";

        public bool IsEnabled => true;

        public bool IsSharedByAll => false;

        public ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken) => default;

        public ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken) => default;

        public ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken) => default;

        public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => default;

        public ValueTask PingAsync(CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => default;
    }
}
