using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Results.Memory;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Hosting;

public sealed class TaskQueueHostingTests
{
    [Fact]
    public async Task UseInMemory_SendsToTheBrokerThatConsumersSee()
    {
        await using var services = Provider(queue => queue.UseInMemory());
        var broker = services.GetRequiredService<IBroker>();
        await using var consumer = await broker.ConsumeAsync(new ConsumerSettings { Queues = [new("celery")], Prefetch = 10, NodeName = "w@h" }, default);

        var handle = await services.GetRequiredService<ITaskClient>().EnqueueAsync(Calls.Add(2, 3));
        var delivery = await consumer.TakeAsync();
        var waiting = handle.GetAsync(TimeSpan.FromSeconds(10));
        await services.GetRequiredService<IResultBackend>().StoreAsync(
            new TaskResult { TaskId = delivery.Message.Id!, State = TaskStates.Success, Value = "5"u8.ToArray() }, default, default);

        delivery.Message.Id.Should().Be(handle.Id);
        (await waiting.Within()).Should().Be(5);
        (await handle.GetStateAsync()).Should().Be("SUCCESS");
    }

    [Fact]
    public async Task EnqueueMany_InMemory_ArrivesInOrder()
    {
        await using var services = Provider(queue => queue.UseInMemory());
        await using var consumer = await services.GetRequiredService<IBroker>().ConsumeAsync(new ConsumerSettings { Queues = [new("celery")], Prefetch = 5000, NodeName = "w@h" }, default);

        var handles = await services.GetRequiredService<ITaskClient>().EnqueueManyAsync(Enumerable.Range(0, 1500).Select(i => Calls.Add(i, i)));

        (await consumer.NextAsync(1500)).Select(delivery => delivery.Message.Id).Should().Equal(handles.Select(handle => handle.Id));
    }

    [Theory]
    [InlineData("memory://", null, "memory://")]
    [InlineData("memory://", "disabled://", "disabled://")]
    [InlineData(null, null, "disabled://")]
    public async Task Results_NotConfigured_FollowTheBroker(string? broker, string? results, string expected)
    {
        await using var services = Provider(queue =>
        {
            if (broker is null) queue.UseBroker(_ => new RecordingBroker());
            else queue.UseBroker(broker);
            if (results is not null) queue.UseResults(results);
        });

        services.GetRequiredService<IResultBackend>().Address.Should().Be(expected);
    }

    [Fact]
    public async Task UseBroker_Twice_LastWins()
    {
        var last = new RecordingBroker();
        await using var services = Provider(queue => queue.UseInMemory().UseBroker(_ => last));

        services.GetRequiredService<IBroker>().Should().BeSameAs(last);
        services.GetServices<IBroker>().Should().ContainSingle();
    }

    [Fact]
    public async Task AddTaskQueue_Twice_AddsUp()
    {
        var collection = new ServiceCollection();
        collection.AddTaskQueue(queue => queue.UseInMemory().AddTasks<SomeTasks>().Routes(routes => routes.Exact("a", "first")));
        collection.AddTaskQueue(queue => queue.AddTasks<SomeTasks>().Routes(routes => routes.Exact("a", "second").Exact("b", "b-queue")));
        await using var services = collection.BuildServiceProvider();

        services.GetServices<ITaskClient>().Should().ContainSingle();
        services.GetServices<IHostedService>().Should().ContainSingle();
        services.GetServices<TaskHandlerSet>().Should().ContainSingle();
        services.GetRequiredService<IBroker>().Should().BeOfType<MemoryBroker>();
        services.GetRequiredService<TaskQueueOptions>().Routes.Rules.Should().HaveCount(3);
        SomeTasks.ServicesAdded.Should().Be(1);
    }

    [Fact]
    public async Task Services_AreMadeFromTheOptions()
    {
        await using var services = Provider(queue => queue.UseInMemory().Configure(options =>
        {
            options.PublishTimeout = TimeSpan.FromSeconds(9);
            options.ConnectTimeout = TimeSpan.FromSeconds(8);
            options.WriteTypedValues = true;
            (options.Limits.MaxBodyBytes, options.Limits.MaxDepth) = (2048, 100);
        }));

        services.GetRequiredService<BrokerSettings>().Should().Be(new BrokerSettings { PublishTimeout = TimeSpan.FromSeconds(9), ConnectTimeout = TimeSpan.FromSeconds(8) });
        services.GetRequiredService<WireOptions>().Should().Be(new WireOptions { WriteTypedValues = true, MaxBodyBytes = 2048, MaxDepth = 100 });
    }

    [Fact]
    public async Task Disposing_TheContainer_DisposesBrokerAndResults()
    {
        var services = Provider(queue => queue.UseBroker(_ => new RecordingBroker()).UseResults(_ => new MemoryResultBackend(TimeProvider.System)));
        _ = services.GetRequiredService<ITaskClient>();

        await FluentActions.Awaiting(() => services.DisposeAsync().AsTask()).Should().NotThrowAsync();
    }

    [Fact]
    public async Task Start_WithValidConfiguration_Starts()
    {
        using var host = HostOf(queue => queue.UseInMemory());

        await host.StartAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_WithoutBroker_NamesTheWaysOut()
    {
        using var host = HostOf(_ => { });

        (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<TaskQueueConfigurationException>())
            .WithMessage("*UseBroker*UseInMemory*TaskQueue:Broker*[CN1001]");
    }

    [Theory]
    [InlineData("kafka://user:secret@host", "CN1002")]
    [InlineData("amqp://user:secret@host:99999", "CN1001")]
    [InlineData("memory://user:secret@host?option=secret", "CN1001")]
    public async Task Start_WrongUrl_FailsWithoutPassword(string url, string code)
    {
        using var inCode = HostOf(queue => queue.UseBroker(url));
        using var inConfiguration = HostOf(_ => { }, ("TaskQueue:Broker", url));

        foreach (var host in new[] { inCode, inConfiguration })
        {
            var error = (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<TaskQueueConfigurationException>()).Which;
            error.Code.Should().Be(code);
            error.ToString().Should().NotContain("secret");
        }
    }

    [Fact]
    public async Task Start_SeveralMistakes_AreReportedTogether()
    {
        using var host = HostOf(
            queue => queue.UseInMemory().Configure(options => options.Compression = "rar").AddTasks<SomeTasks>().AddTasks<OtherTasks>(),
            ("TaskQueue:PublishTimeout", "5"), ("TaskQueue:Brocker", "x"));

        var error = (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<TaskQueueConfigurationException>()).Which;

        error.Message.Should().Contain("TaskQueue:PublishTimeout is '5'").And.Contain("TaskQueue:Brocker is not a known key").And.Contain("'rar'").And.Contain("defined twice");
    }

    [Fact]
    public async Task Start_WrongResults_FailsEvenIfNobodyAsksForThem()
    {
        using var host = HostOf(queue => queue.UseInMemory().UseResults("kafka://x"));

        (await FluentActions.Awaiting(() => host.StartAsync()).Should().ThrowAsync<TaskQueueConfigurationException>()).Which.Code.Should().Be("CN1002");
    }

    private static ServiceProvider Provider(Action<TaskQueueBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(configure);
        return services.BuildServiceProvider();
    }

    private static IHost HostOf(Action<TaskQueueBuilder> configure, params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddTaskQueue(configure);
        return builder.Build();
    }

    private sealed class SomeTasks : ITaskRegistry
    {
        internal static int ServicesAdded { get; private set; }

        public static IReadOnlyList<TaskHandler> Handlers { get; } = [new Handler()];

        public static void AddServices(IServiceCollection services) => ServicesAdded = services.Count(service => service.ImplementationInstance is TaskHandlerSet set && set.Registry == typeof(SomeTasks));
    }

    private sealed class OtherTasks : ITaskRegistry
    {
        public static IReadOnlyList<TaskHandler> Handlers { get; } = [new Handler()];

        public static void AddServices(IServiceCollection services) { }
    }

    private sealed class Handler : TaskHandler
    {
        public override TaskDefinition Definition { get; } = new("same.name");

        public override ValueTask InvokeAsync(TaskInvocation invocation) => default;
    }
}
