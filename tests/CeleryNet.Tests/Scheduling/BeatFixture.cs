using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Scheduling;

/// <summary>A beat with a clock that is moved by hand, and a consumer of what it sends.</summary>
internal sealed class BeatFixture : IAsyncDisposable
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;
    private readonly IBrokerConsumer _consumer;

    private BeatFixture(ServiceProvider services, IBrokerConsumer consumer, FakeTimeProvider time) => (_services, _consumer, Time) = (services, consumer, time);

    internal FakeTimeProvider Time { get; }

    /// <summary>How far the clock is moved at once.</summary>
    internal TimeSpan Step { get; set; } = TimeSpan.FromMilliseconds(500);

    internal IBeatSchedule Schedule => _services.GetRequiredService<IBeatSchedule>();

    internal CeleryNet.Hosting.BeatSettings Settings => _services.GetRequiredService<CeleryNet.Hosting.BeatSettings>();

    internal ITaskClient Client => _services.GetRequiredService<ITaskClient>();

    internal IServiceProvider Services => _services;

    internal Beat Beat => _services.GetRequiredService<Beat>();

    /// <summary>Starts a beat.</summary>
    /// <param name="configure">Its entries and options.</param>
    /// <param name="time">A clock that others share.</param>
    /// <param name="broker">A broker that others share.</param>
    /// <param name="store">A store that others share.</param>
    /// <param name="queue">What else its task queue has.</param>
    internal static async Task<BeatFixture> StartAsync(
        Action<BeatOptions>? configure = null, FakeTimeProvider? time = null, IBroker? broker = null, IScheduleStore? store = null, Action<TaskQueueBuilder>? queue = null)
    {
        time ??= new FakeTimeProvider(Start);
        var services = new ServiceCollection().AddSingleton<TimeProvider>(time);
        if (store is not null) services.AddSingleton(store);
        services.AddTaskQueue(all =>
        {
            all.UseInMemory().UseBroker(_ => broker ?? new MemoryBroker(time)).AddBeat(configure);
            queue?.Invoke(all);
        });
        var provider = services.BuildServiceProvider();
        var consumer = await provider.GetRequiredService<IBroker>().ConsumeAsync(new ConsumerSettings { Queues = [new QueueDefinition("celery")], Prefetch = 1000, NodeName = "w@h" }, CancellationToken.None);
        var fixture = new BeatFixture(provider, consumer, time);
        fixture.Beat.Start();
        return fixture;
    }

    /// <summary>Moves the clock in small steps until the next task was sent.</summary>
    internal async Task<Delivery> NextAsync()
    {
        Delivery? delivery = null;
        await UntilAsync(() => _consumer.Deliveries.TryRead(out delivery));
        await _consumer.SettleAsync(delivery!, Settlement.Acknowledge, CancellationToken.None); // read, or the wait had failed
        return delivery!;
    }

    /// <summary>What was sent and not looked at so far.</summary>
    internal List<Delivery> Rest()
    {
        var rest = new List<Delivery>();
        while (_consumer.Deliveries.TryRead(out var delivery)) rest.Add(delivery);
        return rest;
    }

    /// <summary>Moves the clock in small steps until something is so: timers are made by other threads, so a step of the clock may come before its timer.</summary>
    internal async Task UntilAsync(Func<bool> reached)
    {
        await Eventually.IsTrueAsync(() =>
        {
            if (reached()) return true;
            Time.Advance(Step);
            return reached();
        });
    }

    /// <summary>Stops it as its host would.</summary>
    internal Task StopAsync() => Beat.StopAsync().Within();

    public async ValueTask DisposeAsync()
    {
        await _consumer.DisposeAsync().AsTask().Within();
        await _services.DisposeAsync().AsTask().Within();
    }
}
