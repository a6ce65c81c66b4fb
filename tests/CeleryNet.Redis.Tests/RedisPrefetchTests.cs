using CeleryNet.Brokers;
using CeleryNet.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Redis.Tests;

/// <summary>A consumer holds no more than it may, also when that changes.</summary>
public sealed class RedisPrefetchTests : RedisTestBase
{
    private const int Count = 200;

    [SkippableFact]
    public async Task SetPrefetch_ToLessThanIsHeldWhileATakeIsGathered_TakesNothing()
    {
        var clock = new WatchedTime(TimeSpan.FromMilliseconds(1)); // how long a consumer gathers
        var broker = NewBroker(options => options.AcknowledgeDelay = TimeSpan.Zero, clock);
        for (var i = 0; i < Count; i++) await PublishAsync(broker);
        await using var consumer = await ConsumeAsync(broker, 40);
        var held = await consumer.NextAsync(40);

        await consumer.SettleAsync(held[0], Settlement.Acknowledge, CancellationToken.None);
        await clock.Waited.Within();
        await consumer.SetPrefetchAsync(20, CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await consumer.SetPrefetchAsync(50, CancellationToken.None);

        await Eventually.IsTrueAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return await Redis.Database.HashLengthAsync(Prefix + "unacked") == 50;
        });
        (await Redis.Database.ListLengthAsync(Prefix + Queue.Name)).Should().Be(Count - 1 - 50);
        (await consumer.NextAsync(11)).Select(delivery => delivery.Message.Id).Should().OnlyHaveUniqueItems().And.NotIntersectWith(held.Select(delivery => delivery.Message.Id));
    }

    private sealed class WatchedTime(TimeSpan watched) : FakeTimeProvider
    {
        private readonly TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when somebody waits for the watched time.</summary>
        internal Task Waited => _waited.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == watched) _waited.TrySetResult();
            return timer;
        }
    }
}
