using System.Diagnostics;
using System.Diagnostics.Metrics;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class TaskClientTelemetryTests
{
    [Fact]
    public async Task Enqueue_WithListener_StartsAProducerSpanWhoseContextTravels()
    {
        await using var host = new ClientHost();
        using var spans = new Spans();
        using var parent = new Activity("request") { TraceStateString = "vendor=1" }.Start();

        var handle = await host.Client.EnqueueAsync(Calls.Add(2, 3));

        var span = spans.Of(handle.Id);
        span.DisplayName.Should().Be("publish celery");
        span.Kind.Should().Be(ActivityKind.Producer);
        span.ParentSpanId.Should().Be(parent.SpanId);
        span.TagObjects.Should().Contain(new KeyValuePair<string, object?>[]
        {
            new("messaging.system", "rabbitmq"), new("messaging.destination.name", "celery"), new("messaging.operation.name", "publish"),
            new("messaging.operation.type", "send"), new("messaging.message.id", handle.Id), new("celerynet.task.name", "tasks.add"),
        });
        var headers = host.Broker.Only.Message.CustomHeaders!;
        headers["traceparent"].Should().Be(span.Id);
        headers["tracestate"].Should().Be("vendor=1");
    }

    [Fact]
    public async Task Enqueue_WithoutListener_CarriesTheCallersTrace()
    {
        await using var host = new ClientHost();
        using var parent = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        await host.Client.EnqueueAsync(Calls.Add(2, 3));

        host.Broker.Only.Message.CustomHeaders!["traceparent"].Should().BeOfType<string>().Which.Should().Contain(parent.TraceId.ToHexString());
    }

    [Fact]
    public async Task Enqueue_CallBringsItsOwnContext_ItStays()
    {
        await using var host = new ClientHost();
        using var parent = new Activity("request").Start();

        await host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.Headers["traceparent"] = "mine");

        host.Broker.Only.Message.CustomHeaders!["traceparent"].Should().Be("mine");
    }

    [Fact]
    public async Task Enqueue_WhenItFails_MarksTheSpan()
    {
        await using var host = new ClientHost();
        using var spans = new Spans();
        host.Broker.Failure = _ => new PublishException("refused", [], mayHaveBeenTaken: false);

        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.TaskId = "failing-span")).Should().ThrowAsync<PublishException>();

        var span = spans.Of("failing-span");
        span.Status.Should().Be(ActivityStatusCode.Error);
        span.GetTagItem("error.type").Should().Be("CN1005");
    }

    [Fact]
    public async Task EnqueueMany_MakesOneSpanPerBatch()
    {
        await using var host = new ClientHost();
        using var spans = new Spans();
        using var parent = new Activity("request").Start();

        await host.Client.EnqueueManyAsync([Calls.Add(1, 1), Calls.Add(2, 2)]);

        var contexts = host.Broker.Published.Select(sent => sent.Message.CustomHeaders!["traceparent"]).Distinct().ToList();
        var span = spans.All.Single(span => span.ParentSpanId == parent.SpanId);
        contexts.Should().Equal(span.Id);
        span.GetTagItem("messaging.batch.message_count").Should().Be(2);
    }

    [Fact]
    public async Task Enqueue_CountsMessagesByTaskAndQueue()
    {
        await using var host = new ClientHost();
        var name = $"metrics.{Guid.NewGuid():N}";
        long counted = 0;
        var durations = 0;
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "CeleryNet") listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "messaging.client.published.messages" && Has(tags, "celerynet.task.name", name)) Interlocked.Add(ref counted, value);
        });
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "messaging.client.operation.duration" && instrument.Unit == "s" && Has(tags, "celerynet.task.name", name)) Interlocked.Increment(ref durations);
        });
        listener.Start();

        await host.Client.EnqueueByNameAsync(name);
        await host.Client.EnqueueManyAsync([Calls.Named(name), Calls.Named(name)]);

        counted.Should().Be(3);
        durations.Should().Be(1); // the batch is measured as a whole

        static bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key, string value)
        {
            foreach (var tag in tags)
                if (tag.Key == key && value.Equals(tag.Value)) return true;
            return false;
        }
    }

    private sealed class Spans : IDisposable
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<Activity> _stopped = new();
        private readonly ActivityListener _listener;

        internal Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "CeleryNet",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        internal IEnumerable<Activity> All => _stopped;

        internal Activity Of(string taskId) => _stopped.Single(span => taskId.Equals(span.GetTagItem("messaging.message.id")));

        public void Dispose() => _listener.Dispose();
    }
}
