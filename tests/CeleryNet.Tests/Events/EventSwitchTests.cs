using CeleryNet.Brokers;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Worker;
using CeleryNet.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Events;

public sealed class EventSwitchTests
{
    [Fact]
    public void Switch_TellsWhetherItChangedAnything()
    {
        var events = new EventSwitch(false);

        new[] { events.IsOn, events.TryEnable(), events.TryEnable(), events.IsOn, events.TryDisable(), events.TryDisable(), events.IsOn }
            .Should().Equal(false, true, false, true, true, false, false);
    }

    [Fact]
    public async Task Worker_WhoseSwitchIsTurned_TellsOnlyWhileItIsOn()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var broadcaster = new EventBroadcaster();
        await using var events = new WorkerEventSender(broadcaster, new WorkerOptions { HeartbeatInterval = TimeSpan.Zero }, new LamportClock(), new WireOptions(), time, NullLogger.Instance);

        Receive("1");
        events.Switch.TryEnable();
        Receive("2");
        events.Switch.TryDisable();
        Receive("3");
        await events.StopAsync();

        broadcaster.Taken.TryRead(out var message).Should().BeTrue();
        GoldenEvent.Parse(message!.Body).Select(told => told.GetProperty("uuid").GetString()).Should().Equal("2");
        broadcaster.Taken.TryRead(out _).Should().BeFalse();

        void Receive(string id) => events.Received(new TaskRequest(
            new RecordingBroker(), new Delivery { Message = new TaskMessage { Id = id, TaskName = "t" }, Queue = "celery", RoutingKey = "celery" }, new QueueDefinition("celery")));
    }

    [Fact]
    public async Task Worker_OnABrokerWithoutEvents_SaysNothingAndFailsNothing()
    {
        await using var events = new WorkerEventSender(null, new WorkerOptions { SendTaskEvents = true }, new LamportClock(), new WireOptions(), TimeProvider.System, NullLogger.Instance);

        events.Start(() => default);
        events.Send("1", "task-progress", null);
        await events.StopAsync();

        events.Switch.IsOn.Should().BeFalse();
    }

    [Fact]
    public async Task Answer_HasOnlyWhatCelerysAnswerHas()
    {
        var broadcaster = new EventBroadcaster();
        await using var events = new WorkerEventSender(broadcaster, new WorkerOptions { HeartbeatInterval = TimeSpan.Zero }, new LamportClock(), new WireOptions(), TimeProvider.System, NullLogger.Instance);
        events.Start(() => default);

        events.Heartbeat!.Answer(); // it was started
        await events.StopAsync();

        broadcaster.Taken.TryRead(out var message).Should().BeTrue();
        var told = GoldenEvent.Parse(message!.Body).Single();
        told.EnumerateObject().Select(field => field.Name).Should().Equal("hostname", "utcoffset", "pid", "clock", "freq", "sw_ident", "sw_ver", "sw_sys", "timestamp", "type");
        told.GetProperty("freq").GetInt32().Should().Be(5);
    }
}
