using System.Collections.Concurrent;
using System.Diagnostics;
using CeleryNet.Brokers;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Results.Memory;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CeleryNet.Tests.Worker;

/// <summary>Tasks whose time has not come: held, parked, expired.</summary>
public sealed class WaitingTests : IAsyncDisposable
{
    private readonly PowerfulBroker _broker = new();
    private readonly WorkerFixture _fixture;

    public WaitingTests() => _fixture = new WorkerFixture { Broker = _broker }.Handle("work", _ => { _broker!.Note("run"); return default; });

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Eta_BeyondTheWindow_IsParkedUntilShortlyBeforeThen()
    {
        await _fixture.StartAsync();

        var delivery = Deliver(TimeSpan.FromSeconds(31));

        await ParkedAsync(1);
        _broker.Parked.Single().Should().Be((delivery, _fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(31 - 24)), "it comes back ahead of its time and is held for the rest");
    }

    [Fact]
    public async Task Eta_WithinTheWindow_IsHeldAndRunsWhenDue()
    {
        await _fixture.StartAsync();

        var delivery = Deliver(TimeSpan.FromSeconds(29));
        await HeldAsync();
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore, TimeSpan.FromMilliseconds(100));

        (await _fixture.StepsAsync(3)).Should().Equal("run", "store SUCCESS", "Acknowledge");
        _fixture.Time.GetUtcNow().Should().BeOnOrAfter(delivery.Message.Eta!.Value);
        _broker.Parked.Should().BeEmpty();
    }

    [Fact]
    public async Task Eta_WhenTheBrokerCannotParkNow_IsHeldAndRunsWhenDue()
    {
        _broker.Park = _ => Task.FromResult(false);
        await _fixture.StartAsync();

        Deliver(TimeSpan.FromSeconds(60));
        await ParkedAsync(1);
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.StepsAsync(3)).Should().Equal("run", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Eta_WhenParkingFails_IsHeldAndLogged()
    {
        _broker.Park = _ => throw new BrokerUnavailableException("CN3001", "the broker is gone");
        await _fixture.StartAsync();

        Deliver(TimeSpan.FromSeconds(60));
        await Eventually.IsTrueAsync(() => _fixture.Logger.Of(2038).Count == 1);
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.Broker.NextAsync()).Should().Be("run");
    }

    [Fact]
    public async Task Eta_ManyToPark_DoNotWaitForOneAnother()
    {
        var answer = new TaskCompletionSource<bool>();
        _broker.Park = _ => answer.Task;
        await _fixture.StartAsync();

        for (var i = 0; i < 50; i++) Deliver(TimeSpan.FromSeconds(60));
        _broker.Deliver(WorkerFixture.Message("work"));

        (await _fixture.StepsAsync(3)).Should().Equal("run", "store SUCCESS", "Acknowledge");
        await ParkedAsync(50);
        await Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches is [.., >= 50 + 8]; }); // their places count while they are on their way
        answer.SetResult(true);
        await Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches is [.., < 50]; });
    }

    [Theory]
    [InlineData(2, int.MaxValue)]
    [InlineData(int.MaxValue, 5000)] // two of about 2 KiB each
    public async Task Eta_BeyondTheBounds_IsParkedAlthoughItIsDueSoon(int tasks, int bytes)
    {
        (_fixture.Options.MaxHeldTasks, _fixture.Options.MaxHeldBytes) = (tasks, bytes);
        await _fixture.StartAsync();

        for (var i = 0; i < 3; i++) Deliver(TimeSpan.FromSeconds(5));

        await ParkedAsync(1); // the third; the first two are held by then
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);
        (await _fixture.StepsAsync(6)).Count(step => step == "run").Should().Be(2);
        _broker.Parked.Should().ContainSingle();
    }

    [Fact]
    public async Task Eta_BeyondTheBoundsAndDueAtOnce_IsHeld()
    {
        _fixture.Options.MaxHeldTasks = 0;
        await _fixture.StartAsync();

        Deliver(TimeSpan.FromSeconds(1));
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore, TimeSpan.FromMilliseconds(100));

        (await _fixture.Broker.NextAsync()).Should().Be("run");
        _broker.Parked.Should().BeEmpty("it would come straight back");
    }

    [Fact]
    public async Task Expires_WhileHeld_EndsAsRevokedThen()
    {
        _broker.Park = _ => Task.FromResult(false);
        await _fixture.StartAsync();

        Deliver(TimeSpan.FromDays(365_000), expires: TimeSpan.FromSeconds(3));
        await HeldAsync();
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore, TimeSpan.FromMilliseconds(100));

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        _broker.Stored[0].Error!.Message.Should().Be("expired");
    }

    [Fact]
    public async Task Expires_BeforeTheEta_IsParkedUntilShortlyBeforeItExpires()
    {
        await _fixture.StartAsync();

        Deliver(TimeSpan.FromHours(2), expires: TimeSpan.FromHours(1));

        await ParkedAsync(1);
        _broker.Parked.Single().Due.Should().Be(_fixture.Time.GetUtcNow() + TimeSpan.FromHours(1) - TimeSpan.FromSeconds(24), "it comes back ahead of its time");
    }

    [Fact]
    public async Task Expires_WhileAllSlotsAreTaken_EndsAsRevokedWithoutOne()
    {
        var release = new TaskCompletionSource();
        _fixture.Options.Concurrency = 1;
        await _fixture.Handle("slow", _ => { _broker.Note("slow"); return new ValueTask(release.Task); }).StartAsync();
        _broker.Deliver(WorkerFixture.Message("slow"));
        (await _broker.NextAsync()).Should().Be("slow");

        Deliver(TimeSpan.FromSeconds(9), expires: TimeSpan.FromSeconds(3));
        await HeldAsync(slots: 1);
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        release.SetResult();
    }

    [Fact]
    public async Task Hold_AfterAReconnect_ForgetsWhatComesAgain()
    {
        await _fixture.StartAsync();
        var message = Deliver(TimeSpan.FromSeconds(9)).Message;
        await HeldAsync();

        _broker.Lose();
        Deliver(message.Copy());
        await _fixture.AdvanceUntilAsync(() => _broker.HasMore);

        (await _fixture.StepsAsync(3)).Should().Equal("run", "store SUCCESS", "Acknowledge");
        _broker.Deliver(WorkerFixture.Message("work"));
        (await _fixture.StepsAsync(3)).Should().Equal("run", "store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Stop_WhileParking_GivesBackWhatWasNotTaken()
    {
        var answer = new TaskCompletionSource<bool>();
        _broker.Park = _ => answer.Task;
        await _fixture.StartAsync();
        Deliver(TimeSpan.FromSeconds(60));
        await ParkedAsync(1);

        var stop = _fixture.Worker.StopAsync(CancellationToken.None);
        answer.SetResult(false);
        await stop.WaitAsync(TimeSpan.FromSeconds(10));

        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
    }

    [Fact]
    public async Task Eta_TenThousandAndAHundredImmediate_StartInTime()
    {
        const int Later = 10_000;
        var ran = new ConcurrentQueue<(string Id, DateTimeOffset At)>();
        var immediate = new CountdownEvent(100);
        var all = new CountdownEvent(Later + 100);
        await using var broker = new MemoryBroker(TimeProvider.System);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var handler = new Handler(invocation =>
        {
            ran.Enqueue((invocation.Context.Id, DateTimeOffset.UtcNow));
            if (invocation.Context.Eta is null) immediate.Signal();
            all.Signal();
        });
        var queue = new QueueDefinition("celery");
        var start = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3);
        var due = new Dictionary<string, DateTimeOffset>();
        for (var i = 0; i < Later; i++)
        {
            var message = TestMessages.New("work");
            due[message.Id!] = start + TimeSpan.FromMilliseconds(i * 3000.0 / Later);
            message.Eta = due[message.Id!];
            await broker.PublishAsync(message, Route.To(queue), CancellationToken.None);
        }

        await using var worker = new TaskWorker(
            broker, new MemoryResultBackend(TimeProvider.System), new TaskHandlerTable([new TaskHandlerSet(typeof(WaitingTests), [handler])]), definition => definition.Policy, [queue],
            new WorkerOptions { Concurrency = 8, NodeName = "celery@tests" }, new WireOptions(), services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLogger.Instance);
        await worker.StartAsync(CancellationToken.None);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++) await broker.PublishAsync(TestMessages.New("work"), Route.To(queue), CancellationToken.None);

        immediate.Wait(TimeSpan.FromSeconds(5)).Should().BeTrue("the tasks that wait take no room of those that do not");
        var immediateTook = Stopwatch.GetElapsedTime(began);
        all.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();

        immediateTook.Should().BeLessThan(TimeSpan.FromSeconds(5));
        var late = ran.Where(run => due.ContainsKey(run.Id)).Select(run => run.At - due[run.Id]).Order().ToList();
        late.Should().HaveCount(Later);
        late[0].Should().BeGreaterThanOrEqualTo(TimeSpan.Zero, "none runs early");
        late[(int)(Later * 0.99)].Should().BeLessThan(TimeSpan.FromSeconds(1));
    }

    private Delivery Deliver(TimeSpan eta, TimeSpan? expires = null) => Deliver(WorkerFixture.Message("work", change: message =>
    {
        message.Eta = _fixture.Time.GetUtcNow() + eta;
        message.Expires = _fixture.Time.GetUtcNow() + expires;
    }));

    private Delivery Deliver(TaskMessage message) => _broker.Deliver(message);

    // Four for each slot, and the place of the held one.
    private Task HeldAsync(int slots = 2) => Eventually.IsTrueAsync(() => { lock (_broker.Prefetches) return _broker.Prefetches.LastOrDefault() == (4 * slots) + 1; });

    private Task ParkedAsync(int count) => Eventually.IsTrueAsync(() => _broker.Parked.Count >= count);

    private sealed class Handler(Action<TaskInvocation> run) : TaskHandler
    {
        public override TaskDefinition Definition { get; } = new("work", new TaskPolicy { IgnoreResult = true });

        public override ValueTask InvokeAsync(TaskInvocation invocation)
        {
            run(invocation);
            return default;
        }
    }
}
