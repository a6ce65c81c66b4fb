using CeleryNet.Brokers;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tests.Serialization;

namespace CeleryNet.Tests.Events;

public sealed class EventReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly LamportClock _clock = new();

    public static TheoryData<string> Captures => [.. GoldenFile.Names("events")];

    [Theory]
    [MemberData(nameof(Captures))]
    public void Capture_OfRealCelery_IsReadWhole(string name)
    {
        var message = GoldenEvent.Message(name);

        var read = Read(message);

        var sent = GoldenEvent.Parse(message.Body);
        read.Select(told => told.Type).Should().Equal(sent.Select(one => one.GetProperty("type").GetString()!));
        read.Select(told => told.Fields.GetRawText()).Should().Equal(sent.Select(one => one.GetRawText()));
        read.Should().OnlyContain(told => told.NodeName.EndsWith("@host", StringComparison.Ordinal) && told.ProcessId > 0 && told.ReceivedAt == Now && told.Timestamp != null);
        read.Should().NotContain(told => told is TaskEvent && ((TaskEvent)told).TaskId.Length != 36);
        message.Headers["hostname"].Should().Be(read[0].NodeName);
    }

    [Fact]
    public void Types_ThatAreKnown_HaveRecordsOfTheirOwn()
    {
        var types = GoldenFile.Names("events").SelectMany(name => Read(GoldenEvent.Message(name))).Select(told => (told.Type, told.GetType().Name)).Distinct();

        types.Should().BeEquivalentTo(new[]
        {
            ("task-failed", nameof(TaskFailedEvent)), ("task-received", nameof(TaskReceivedEvent)), ("task-retried", nameof(TaskRetriedEvent)), ("task-progress", nameof(TaskEvent)),
            ("task-rejected", nameof(TaskRejectedEvent)), ("task-revoked", nameof(TaskRevokedEvent)), ("task-sent", nameof(TaskSentEvent)), ("task-started", nameof(TaskStartedEvent)),
            ("task-succeeded", nameof(TaskSucceededEvent)), ("worker-heartbeat", nameof(WorkerHeartbeatEvent)), ("worker-offline", nameof(WorkerOfflineEvent)), ("worker-online", nameof(WorkerOnlineEvent)),
        });
    }

    [Fact]
    public void Fields_OfEachRecord_AreRead()
    {
        var sent = One<TaskSentEvent>("c526/events/task-sent");
        (sent.Name, sent.Args, sent.Kwargs, sent.Retries, sent.Queue, sent.Exchange, sent.RoutingKey, sent.RootId).Should().Be(("tasks.add", "(2, 3)", "{}", 0, "celery", "", "celery", sent.TaskId));
        var received = One<TaskReceivedEvent>("c526/events/task-received.in-multi");
        (received.Name, received.Args, received.ParentId, received.Expires).Should().Be(("tasks.add", "(2, 3)", null, null));
        var succeeded = One<TaskSucceededEvent>("c526/events/task-succeeded.in-multi");
        (succeeded.Result, succeeded.Runtime).Should().Be(("5", TimeSpan.FromTicks(33255)));
        succeeded.Timestamp.Should().Be(DateTimeOffset.UnixEpoch.AddTicks(17953405028650024));
        var failed = One<TaskFailedEvent>("c526/events/task-failed.in-multi");
        failed.Exception.Should().Be("ValueError('bad value', 42)");
        failed.Traceback.Should().StartWith("Traceback");
        One<TaskRetriedEvent>("c526/events/task-retried.in-multi").Exception.Should().Be("ValueError('try again')");
        One<TaskRejectedEvent>("c526/events/task-rejected.in-multi").IsRequeued.Should().BeFalse();
        var revoked = One<TaskRevokedEvent>("c526/events/task-revoked.in-multi");
        (revoked.IsTerminated, revoked.IsExpired).Should().Be((false, false));
        var heartbeat = One<WorkerHeartbeatEvent>("c526/events/worker-heartbeat");
        (heartbeat.Interval, heartbeat.Active, heartbeat.Processed, heartbeat.Software, heartbeat.SoftwareVersion, heartbeat.System)
            .Should().Be((TimeSpan.FromSeconds(2), 0, 106, "py-celery", "5.2.6", "Linux"));
        heartbeat.LoadAverage.Should().Equal(0.37, 0.25, 0.55);
    }

    [Fact]
    public void Timestamp_IsNotShiftedByTheSendersOffset() =>
        Read("""{"type":"task-started","uuid":"1","utcoffset":-2,"timestamp":1767225600.5}""").Single().Timestamp.Should().Be(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero));

    [Fact]
    public void Clock_IsAdjusted_ButNotByClients()
    {
        Read("""{"type":"task-started","uuid":"1","clock":41}""").Single().Clock.Should().Be(41);
        _clock.Value.Should().Be(42);

        Read("""{"type":"task-sent","uuid":"1","clock":1000}""").Single().Clock.Should().Be(41);
        _clock.Value.Should().Be(42);

        Read("""{"type":"x"}""").Single().Clock.Should().Be(43, "an event without a clock happens now");
    }

    [Theory]
    [InlineData("""{"type":"worker-heartbeat","hostname":"w","freq":5,"sw_ident":"py-celery"}""")]
    [InlineData("""{"type":"worker-elect","id":"1","topic":"task","cver":1}""")]
    [InlineData("""{"type":"task-progress"}""")]
    [InlineData("""{"type":"x-y","hostname":null,"pid":"1","clock":"2","timestamp":"now"}""")]
    [InlineData("""{"type":"task-succeeded","uuid":"1","hostname":7,"pid":1e99,"clock":1.5,"timestamp":1e300,"runtime":"x","result":5}""")]
    [InlineData("""{"type":"task-received","uuid":"1","retries":9999999999,"eta":"tomorrow","expires":5,"name":null,"timestamp":-1e20}""")]
    [InlineData("""{"type":"worker-online","freq":NaN,"active":Infinity,"loadavg":"none","processed":-1,"timestamp":NaN}""")]
    public void Fields_ThatAreMissingOrOdd_AreNull(string json) => Read(json).Should().ContainSingle();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("5")]
    [InlineData("[5]")]
    [InlineData("{}")]
    [InlineData("""{"type":5}""")]
    public void Message_ThatIsNone_IsRefused(string json) => this.Invoking(_ => Read(json)).Should().Throw<MessageFormatException>();

    [Fact]
    public void Names_WithoutMeasure_AreRefused()
    {
        var name = new string('x', 256);

        foreach (var json in new[] { $$"""{"type":"{{name}}"}""", $$"""{"type":"x","hostname":"{{name}}"}""", $$"""{"type":"task-x","uuid":"{{name}}"}""" })
            this.Invoking(_ => Read(json)).Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Message_OfAnotherContentType_IsRefused() =>
        this.Invoking(_ => Read(GoldenEvent.Sent("{}") with { ContentType = "application/x-python-serialize" })).Should().Throw<MessageFormatException>();

    private T One<T>(string name) => Read(GoldenEvent.Message(name)).OfType<T>().First();

    private List<ClusterEvent> Read(string json) => Read(GoldenEvent.Sent(json));

    private List<ClusterEvent> Read(Broadcast message) => EventReader.Read(message, _clock, Now, new WireOptions());
}
