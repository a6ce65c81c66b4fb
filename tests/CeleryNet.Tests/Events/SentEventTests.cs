using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Events;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Tests.Events;

/// <summary>What a client tells of the tasks it sends, and a receiver beside it, both wired as a host wires them.</summary>
public sealed class SentEventTests
{
    [Fact]
    public async Task Sent_IsToldAsCeleryTells()
    {
        await using var services = Services(true);
        await using var captured = Capture(services);
        var first = captured.MoveNextAsync();

        var handle = await services.GetRequiredService<ITaskClient>().EnqueueAsync(Calls.Add(2, 3));

        (await first.AsTask().Within()).Should().BeTrue();
        GoldenEvent.Shape(captured.Current.Fields).Should().Equal(GoldenEvent.Shape(GoldenEvent.Of("task-sent")));
        captured.Current.Should().BeOfType<TaskSentEvent>().Which.Should().Match<TaskSentEvent>(sent =>
            sent.TaskId == handle.Id && sent.Name == "tasks.add" && sent.Args == "(2, 3)" && sent.Kwargs == "{}" && sent.Queue == "celery" && sent.Exchange == "" && sent.RoutingKey == "celery"
            && sent.NodeName == $"gen{Environment.ProcessId}@{Environment.MachineName}");
    }

    [Fact]
    public async Task Sent_Many_IsToldOfEach()
    {
        await using var services = Services(true);
        await using var captured = Capture(services);
        var first = captured.MoveNextAsync();

        var handles = await services.GetRequiredService<ITaskClient>().EnqueueManyAsync([Calls.Add(1, 1), Calls.Add(2, 2), Calls.Add(3, 3)]);

        await first.AsTask().Within();
        var ids = new List<string> { ((TaskEvent)captured.Current).TaskId };
        while (ids.Count < 3 && await captured.MoveNextAsync().AsTask().Within()) ids.Add(((TaskEvent)captured.Current).TaskId);
        ids.Should().Equal(handles.Select(handle => handle.Id));
    }

    [Fact]
    public async Task Sent_ByDefault_IsNotTold()
    {
        await using var services = Services(false);
        var broker = services.GetRequiredService<IBroker>();
        var told = 0;
        await using var listening = await ((IBroadcaster)broker).ListenAsync(EventExchange.QueueOf(Guid.NewGuid()), (_, _) => Count(), CancellationToken.None);

        await services.GetRequiredService<ITaskClient>().EnqueueAsync(Calls.Add(2, 3));
        await services.DisposeAsync();

        told.Should().Be(0);

        ValueTask Count()
        {
            Interlocked.Increment(ref told);
            return default;
        }
    }

    [Fact]
    public async Task Sent_OnABrokerWithoutEvents_IsRefusedAtOnce()
    {
        await using var host = new ClientHost(queue => queue.Configure(options => options.SendTaskSentEvents = true));

        host.Invoking(refused => refused.Client).Should().Throw<TaskQueueConfigurationException>().WithMessage("SendTaskSentEvents is true, but the broker amqp://*");
    }

    [Fact]
    public async Task Receiver_OnABrokerWithoutEvents_SaysSo()
    {
        await using var host = new ClientHost();
        await using var captured = host.Events.CaptureAsync().GetAsyncEnumerator();

        await captured.Awaiting(refused => refused.MoveNextAsync().AsTask()).Should().ThrowAsync<TaskQueueException>().WithMessage("*carries no events*");
    }

    private static ServiceProvider Services(bool areSent)
    {
        var services = new ServiceCollection();
        services.AddTaskQueue(queue => queue.UseBroker(_ => new MemoryBroker(TimeProvider.System)).Configure(options => options.SendTaskSentEvents = areSent));
        return services.BuildServiceProvider();
    }

    private static IAsyncEnumerator<ClusterEvent> Capture(ServiceProvider services) => services.GetRequiredService<IEventReceiver>().CaptureAsync().GetAsyncEnumerator();
}
