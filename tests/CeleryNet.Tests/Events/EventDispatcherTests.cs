using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Diagnostics;
using CeleryNet.Events;
using CeleryNet.Messages;
using CeleryNet.Tests.Worker;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Events;

public sealed class EventDispatcherTests : IAsyncDisposable
{
    private const int Waits = 6100;
    private const int Flows = 6101;
    private const int Dropped = 6102;
    private const int Refused = 6103;
    private const int Lost = 6104;

    private static readonly BrokerUnavailableException Away = new(ErrorCodes.BrokerUnavailable, "it is away");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly ListLogger _log = new();
    private EventBroadcaster _broker = new();
    private EventDispatcher? _made;

    private EventDispatcher Events => _made ??= new EventDispatcher(_broker, "celery@tests", new LamportClock(), _time, _log);

    [Fact]
    public async Task Events_ToldInABurst_TravelTogether()
    {
        for (var i = 0; i < 130; i++) Send(i);

        var first = await NextAsync();
        var second = await NextAsync();

        (Numbers(first).Count, Numbers(second).Count).Should().Be((100, 30));
        (first.RoutingKey, first.Exchange.Name, first.Exchange.Type, first.Exchange.IsDurable, first.IsPersistent).Should().Be(("task.multi", "celeryev", "topic", true, false));
    }

    [Fact]
    public async Task Broker_ThatIsAway_GetsEverythingInOrderLater()
    {
        _broker.Failure = Away;
        for (var i = 0; i < 130; i++) Send(i);
        await AdvanceUntilAsync(() => _broker.Attempts >= 4); // both messages were tried twice
        for (var i = 130; i < 140; i++) Send(i);

        _broker.Failure = null;
        var numbers = new List<int>();
        while (numbers.Count < 140) numbers.AddRange(Numbers(await NextAsync()));

        numbers.Should().Equal(Enumerable.Range(0, 140));
        await AdvanceUntilAsync(() => _log.Of(Flows).Count == 1);
        (_log.Of(Waits).Count, _log.Of(Dropped).Count).Should().Be((1, 0));
    }

    [Fact]
    public async Task Broker_ThatIsAwayForLong_CostsTheOldestAndOneLine()
    {
        _broker.Failure = Away;
        for (var i = 0; i < EventBuffer.MostEvents * 2; i++) Send(i);
        await AdvanceUntilAsync(() => _log.Of(Dropped).Count == 1);
        for (var i = 0; i < EventBuffer.MostEvents * 2; i++) Send(i);
        var attempts = _broker.Attempts;
        await AdvanceUntilAsync(() => _broker.Attempts > attempts + 128);

        (_log.Of(Waits).Count, _log.Of(Dropped).Count).Should().Be((1, 1));
    }

    [Fact]
    public async Task Events_ThatComeFast_AreSentBeforeTheDelayIsOver()
    {
        for (var i = 0; i < 5_000; i++) Send(i);

        var message = await _broker.Taken.NextAsync(); // the clock stands still

        Numbers(message).Should().Equal(Enumerable.Range(0, EventBuffer.MostPerMessage));
    }

    [Fact]
    public async Task Broker_ThatRefuses_IsNotAskedAgainAboutTheSame()
    {
        _broker.Failure = new TaskQueueConfigurationException(ErrorCodes.DeclarationMismatch, "celeryev is a fanout here");
        Send(1);
        await AdvanceUntilAsync(() => _broker.Attempts == 1);
        Send(2);
        await AdvanceUntilAsync(() => _broker.Attempts == 2);

        _broker.Failure = null;
        Send(3);

        Numbers(await NextAsync()).Should().Equal(3);
        _log.Of(Refused).Should().ContainSingle();
    }

    [Fact]
    public async Task Complete_SendsWhatWaitsWithoutWaiting()
    {
        Send(1);

        await Events.CompleteAsync().Within();

        _broker.Taken.TryRead(out var message).Should().BeTrue();
        Numbers(message!).Should().Equal(1);
    }

    [Fact]
    public async Task Complete_WhileTheBrokerIsAway_EndsAndSaysWhatIsLost()
    {
        _broker.Failure = Away;
        Send(1);
        Send(2);

        await Events.CompleteAsync().Within();

        _log.Of(Lost).Should().ContainSingle().Which.Should().StartWith("2 events");
    }

    [Fact]
    public async Task Dispose_WhileTheBrokerHangs_Ends()
    {
        _broker = new EventBroadcaster { Gate = new TaskCompletionSource() };
        Send(1);
        await AdvanceUntilAsync(() => _broker.Attempts == 1);

        await Events.DisposeAsync().Within();
    }

    [Fact]
    public async Task Events_FromManyThreads_AllArriveWithClocksOfTheirOwn()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++) Send((thread * 500) + i);
        })));
        await Events.CompleteAsync().Within();

        var all = new List<System.Text.Json.JsonElement>();
        while (_broker.Taken.TryRead(out var message)) all.AddRange(GoldenEvent.Parse(message.Body));
        all.Select(told => told.GetProperty("n").GetInt32()).Order().Should().Equal(Enumerable.Range(0, 2000));
        all.Select(told => told.GetProperty("clock").GetInt64()).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Lists_ThatNobodyHears_AreLeftOutButForOneThatAsks()
    {
        _broker.Listeners = 0;
        Send(0);
        await NextAsync(); // whose answer says that nobody listens

        for (var i = 1; i <= 250; i++) Send(i);
        Events.SendAlone("x-alone", 251, WriteNumber);
        for (var i = 252; i <= 260; i++) Send(i);
        var asking = await NextAsync();
        var alone = await NextAsync();

        Numbers(asking).Should().Equal(Enumerable.Range(1, 100));
        Numbers(alone).Should().Equal([251], "somebody may listen to its routing key");
        await Events.CompleteAsync().Within();
        _broker.Taken.TryRead(out _).Should().BeFalse();
        _log.Of(Dropped).Concat(_log.Of(Lost)).Should().BeEmpty("nobody misses them");
    }

    [Fact]
    public async Task Lists_OfWhichTheFirstIsHeard_AreAllSentInOrder()
    {
        _broker.Listeners = 0;
        Send(0);
        await NextAsync();

        _broker.Listeners = 1;
        for (var i = 1; i <= 150; i++) Send(i);
        Events.SendAlone("x-alone", 151, WriteNumber);
        for (var i = 152; i <= 260; i++) Send(i);
        var numbers = new List<int>();
        while (numbers.Count < 260) numbers.AddRange(Numbers(await NextAsync()));

        numbers.Should().Equal(Enumerable.Range(1, 260));
    }

    [Fact]
    public async Task Lists_ThatNobodyHears_WaitWhileTheBrokerIsAway()
    {
        _broker.Listeners = 0;
        Send(0);
        await NextAsync();

        _broker.Failure = Away;
        for (var i = 1; i <= 250; i++) Send(i);
        await AdvanceUntilAsync(() => _broker.Attempts >= 3); // the question was asked twice
        (_broker.Listeners, _broker.Failure) = (1, null);
        var numbers = new List<int>();
        while (numbers.Count < 250) numbers.AddRange(Numbers(await NextAsync()));

        numbers.Should().Equal(Enumerable.Range(1, 250));
    }

    public async ValueTask DisposeAsync()
    {
        if (_made is not null) await _made.DisposeAsync();
    }

    private void Send(int number) => Events.Send("task-x", number, WriteNumber);

    private static void WriteNumber(System.Text.Json.Utf8JsonWriter json, int value) => json.WriteNumber("n"u8, value);

    private async Task<Broadcast> NextAsync()
    {
        var next = _broker.Taken.NextAsync();
        await AdvanceUntilAsync(() => next.IsCompleted);
        return await next;
    }

    private async Task AdvanceUntilAsync(Func<bool> reached)
    {
        using var deadline = new CancellationTokenSource(Deadline.Usual);
        while (!reached())
        {
            deadline.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private static List<int> Numbers(Broadcast message) => [.. GoldenEvent.Parse(message.Body).Select(told => told.GetProperty("n").GetInt32())];
}
