using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Tests.Worker;

/// <summary>A store of permits that is away, forgets, or is slow.</summary>
public sealed class PermitStoreFaultTests : IAsyncDisposable
{
    private readonly ScriptedPermits _permits = new();
    private readonly RecordingBroker _broker = new();
    private readonly WorkerFixture _fixture;

    public PermitStoreFaultTests()
    {
        var conditions = new TaskConditions((in TaskBody _, WireOptions _) => ["key"]) { Limits = [TaskLimit.OfConcurrency(1)] };
        _fixture = new WorkerFixture { Broker = _broker, Permits = _permits }
            .Handle("limited", _ => { _broker.Note("limited"); return _permits.Run.Task is { IsCompleted: false } run && _permits.RunsLong ? new ValueTask(run) : default; }, conditions: conditions)
            .Handle("free", _ => { _broker.Note("free"); return default; });
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Acquire_WhileTheStoreIsAway_KeepsTheTaskWaitingAndLetsOthersRun()
    {
        _permits.IsAway = true;
        await _fixture.StartAsync();
        for (var i = 0; i < 10; i++) _broker.Deliver(WorkerFixture.Message("limited"));
        await Eventually.IsTrueAsync(() => _fixture.Logger.Of(2060).Count > 0);

        _broker.Deliver(WorkerFixture.Message("free"));
        var others = await _fixture.StepsAsync(3);
        _permits.IsAway = false;
        var steps = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            await _fixture.AdvanceUntilAsync(() => _broker.HasMore, TimeSpan.FromMilliseconds(100));
            steps.Add(await _broker.NextAsync());
        }

        others.Should().Equal("free", "store SUCCESS", "Acknowledge");
        steps.Count(step => step == "limited").Should().Be(10, "nothing is lost");
        steps.Count(step => step == "Acknowledge").Should().Be(10);
        _permits.Most.Should().Be(1, "nothing runs beyond its limit");
    }

    [Fact]
    public async Task Release_WhenTheStoreIsAway_IsLoggedAndEndsTheTask()
    {
        await _fixture.StartAsync();
        _permits.FailsReleases = true;

        _broker.Deliver(WorkerFixture.Message("limited"));

        (await _fixture.StepsAsync(3)).Should().Equal("limited", "store SUCCESS", "Acknowledge");
        await Eventually.IsTrueAsync(() => _fixture.Logger.Of(2062).Count == 1);
    }

    [Fact]
    public async Task Renew_OfARunThatTheStoreForgot_IsRestoredAndLogged()
    {
        _permits.RunsLong = true;
        await _fixture.StartAsync();
        _broker.Deliver(WorkerFixture.Message("limited"));
        (await _broker.NextAsync()).Should().Be("limited");

        _permits.Forget();
        await _fixture.AdvanceUntilAsync(() => _fixture.Logger.Of(2061).Count == 1);

        await Eventually.IsTrueAsync(() => _permits.Held == 1);
        _permits.Run.SetResult();
        await Eventually.IsTrueAsync(() => _permits.Held == 0);
    }

    [Fact]
    public async Task Stop_WhileATaskAsks_GivesItBack()
    {
        _permits.Gate = new TaskCompletionSource();
        _fixture.Options.CancelTimeout = TimeSpan.Zero; // so that no clock has to move: a moving one could leave the task no time to go back
        await _fixture.StartAsync();
        _broker.Deliver(WorkerFixture.Message("limited"));
        await Eventually.IsTrueAsync(() => _permits.Asked > 0);

        var stop = _fixture.Worker.StopAsync(new CancellationToken(canceled: true));

        (await _fixture.StepsAsync(2)).Should().Equal("Requeue", "disposed");
        await stop.Within();
    }

    private sealed class ScriptedPermits : IPermitStore
    {
        private readonly HashSet<string> _holders = [];

        internal bool IsAway { get; set; }

        internal bool FailsReleases { get; set; }

        internal bool RunsLong { get; set; }

        internal TaskCompletionSource Run { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource? Gate { get; set; }

        internal int Asked { get; private set; }

        internal int Most { get; private set; }

        internal int Held
        {
            get
            {
                lock (_holders) return _holders.Count;
            }
        }

        public TimeSpan LeaseDuration => TimeSpan.FromSeconds(20);

        internal void Forget()
        {
            lock (_holders) _holders.Clear();
        }

        public async ValueTask<PermitAnswer> AcquireAsync(IReadOnlyList<Permit> permits, string holder, CancellationToken cancellationToken)
        {
            Asked++;
            if (Gate is { } gate) await gate.Task.WaitAsync(cancellationToken);

            if (IsAway) throw Away();
            lock (_holders)
            {
                if (!_holders.Contains(holder) && _holders.Count >= permits[0].Slots) return new PermitAnswer(0, null);
                _holders.Add(holder);
                Most = Math.Max(Most, _holders.Count);
                return PermitAnswer.Granted;
            }
        }

        public ValueTask<IReadOnlyList<PermitLease>> RenewAsync(IReadOnlyList<PermitLease> leases, bool restore, CancellationToken cancellationToken)
        {
            lock (_holders)
            {
                PermitLease[] unknown = [.. leases.Where(lease => !_holders.Contains(lease.Holder))];
                if (restore) _holders.UnionWith(leases.Select(lease => lease.Holder));
                return new ValueTask<IReadOnlyList<PermitLease>>(unknown);
            }
        }

        public ValueTask ReleaseAsync(IReadOnlyList<PermitLease> leases, CancellationToken cancellationToken)
        {
            if (FailsReleases) throw Away();
            lock (_holders) _holders.ExceptWith(leases.Select(lease => lease.Holder));
            return default;
        }

        private static BrokerUnavailableException Away() => new("CN3001", "the store is away");
    }
}
