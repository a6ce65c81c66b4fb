using System.Text;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Brokers;

public sealed class MemoryBroadcastTests : IAsyncDisposable
{
    private static readonly BroadcastExchange Fanout = new("celery.pidbox", "fanout", false);
    private static readonly BroadcastExchange Topic = new("celeryev", "topic", true);

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBroker _broker;

    public MemoryBroadcastTests() => _broker = new MemoryBroker(_time);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Broadcast_Fanout_ReachesEveryListenerOfTheExchangeInOrder()
    {
        var (one, two, other) = (await ListenAsync("one", Fanout), await ListenAsync("two", Fanout), await ListenAsync("three", new BroadcastExchange("other", "fanout", false)));

        foreach (var text in new[] { "a", "b", "c" }) await SendAsync(Fanout, text);
        await SendAsync(new BroadcastExchange("other", "fanout", false), "marker");

        (await one.Reader.NextAsync(3)).Should().Equal("a", "b", "c");
        (await two.Reader.NextAsync(3)).Should().Equal("a", "b", "c");
        (await other.Reader.NextAsync()).Should().Be("marker");
    }

    [Fact]
    public async Task Broadcast_Topic_ReachesThoseWhoseKeyFits()
    {
        var tasks = await ListenAsync("tasks", Topic, "task.#");

        await SendAsync(Topic, "no", "worker.heartbeat");
        await SendAsync(Topic, "yes", "task.multi");

        (await tasks.Reader.NextAsync()).Should().Be("yes");
    }

    [Fact]
    public async Task Broadcast_WithoutListener_IsForgotten()
    {
        await SendAsync(Fanout, "nobody");
        var listener = await ListenAsync("late", Fanout);
        await SendAsync(Fanout, "somebody");

        (await listener.Reader.NextAsync()).Should().Be("somebody");
    }

    [Fact]
    public async Task Listen_ReceiverThatThrows_GetsTheNext()
    {
        var received = Channel.CreateUnbounded<string>();
        await _broker.ListenAsync(new BroadcastQueue("q", Fanout), (message, _) =>
        {
            var text = Encoding.UTF8.GetString(message.Body.Span);
            received.Writer.TryWrite(text);
            return text == "bad" ? throw new InvalidOperationException("bad") : default;
        }, CancellationToken.None);

        await SendAsync(Fanout, "bad");
        await SendAsync(Fanout, "good");

        (await received.Reader.NextAsync(2)).Should().Equal("bad", "good");
    }

    [Fact]
    public async Task Listen_SlowReceiver_IsCalledForOneAfterTheOther()
    {
        var release = new TaskCompletionSource();
        var (running, most, done) = (0, 0, Channel.CreateUnbounded<int>());
        await _broker.ListenAsync(new BroadcastQueue("q", Fanout), async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
            done.Writer.TryWrite(1);
        }, CancellationToken.None);

        for (var i = 0; i < 3; i++) await SendAsync(Fanout, "x");
        release.SetResult();
        await done.Reader.NextAsync(3);

        most.Should().Be(1);
    }

    [Fact]
    public async Task Listen_MessageOlderThanItsLifetime_IsDropped()
    {
        var (first, release, received) = (new TaskCompletionSource(), new TaskCompletionSource(), Channel.CreateUnbounded<string>());
        await _broker.ListenAsync(new BroadcastQueue("q", Fanout) { MessageTtl = TimeSpan.FromMinutes(5) }, async (message, _) =>
        {
            received.Writer.TryWrite(Encoding.UTF8.GetString(message.Body.Span));
            first.TrySetResult();
            await release.Task;
        }, CancellationToken.None);
        await SendAsync(Fanout, "slow");
        await first.Task.Within();

        await SendAsync(Fanout, "old");
        _time.Advance(TimeSpan.FromMinutes(6));
        await SendAsync(Fanout, "new");
        release.SetResult();

        (await received.Reader.NextAsync(2)).Should().Equal("slow", "new");
    }

    [Fact]
    public async Task Dispose_OfTheSubscription_EndsItAndCancelsItsReceiver()
    {
        var entered = new TaskCompletionSource();
        var subscription = await _broker.ListenAsync(new BroadcastQueue("q", Fanout), async (_, stopping) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, stopping);
        }, CancellationToken.None);
        await SendAsync(Fanout, "x");
        await entered.Task.Within();

        await subscription.DisposeAsync().Within();
        var other = await ListenAsync("other", Fanout);
        await SendAsync(Fanout, "y");

        (await other.Reader.NextAsync()).Should().Be("y");
    }

    private async Task<Channel<string>> ListenAsync(string name, BroadcastExchange exchange, string key = "")
    {
        var received = Channel.CreateUnbounded<string>();
        await _broker.ListenAsync(new BroadcastQueue(name, exchange, key), (message, _) =>
        {
            received.Writer.TryWrite(Encoding.UTF8.GetString(message.Body.Span));
            return default;
        }, CancellationToken.None);
        return received;
    }

    private Task SendAsync(BroadcastExchange exchange, string text, string key = "") =>
        _broker.BroadcastAsync(new Broadcast { Exchange = exchange, RoutingKey = key, Body = Encoding.UTF8.GetBytes(text) }, CancellationToken.None).Within();
}
