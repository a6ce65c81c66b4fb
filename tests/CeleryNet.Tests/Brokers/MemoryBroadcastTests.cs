using System.Text;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Brokers;

public sealed class MemoryBroadcastTests : BroadcastContract
{
    private static readonly BroadcastExchange Pidbox = new("celery.pidbox", "fanout", false);

    private readonly FakeTimeProvider _time = new();
    private readonly Lazy<MemoryBroker> _broker; // disposed as a peer of the contract

    public MemoryBroadcastTests() => _broker = new Lazy<MemoryBroker>(() => new MemoryBroker(_time));

    protected override IBroker CreateBroker() => _broker.Value;

    [Fact]
    public async Task Listen_MessageOlderThanItsLifetime_IsDropped()
    {
        var (first, release, received) = (new TaskCompletionSource(), new TaskCompletionSource(), Channel.CreateUnbounded<string>());
        await using var subscription = await Sender.ListenAsync(new BroadcastQueue("q", Pidbox) { MessageTtl = TimeSpan.FromMinutes(5) }, async (message, _) =>
        {
            received.Writer.TryWrite(Encoding.UTF8.GetString(message.Body.Span));
            first.TrySetResult();
            await release.Task;
        }, CancellationToken.None);
        await SendAsync("slow");
        await first.Task.Within();

        await SendAsync("old");
        _time.Advance(TimeSpan.FromMinutes(6));
        await SendAsync("new");
        release.SetResult();

        (await received.Reader.NextAsync(2)).Should().Equal("slow", "new");
    }

    [Fact]
    public async Task Dispose_OfTheSubscription_CancelsItsReceiver()
    {
        var entered = new TaskCompletionSource();
        var subscription = await Sender.ListenAsync(new BroadcastQueue("q", Pidbox), async (_, stopping) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, stopping);
        }, CancellationToken.None);
        await SendAsync("x");
        await entered.Task.Within();

        await subscription.DisposeAsync().Within();
    }

    private async Task SendAsync(string text) => await Sender.BroadcastAsync(new Broadcast { Exchange = Pidbox, Body = Encoding.UTF8.GetBytes(text) }, CancellationToken.None).Within();
}
