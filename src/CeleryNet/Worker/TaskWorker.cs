using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Events;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.BuiltIn;
using CeleryNet.Worker.Commands;
using CeleryNet.Worker.FollowUps;
using CeleryNet.Worker.Limits;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Consumes queues and runs their tasks: one intake loop, as many execution loops as tasks may run at once, one loop for tasks that wait for their time, one for the prefetch, and one listener
/// for remote control.
/// </summary>
internal sealed partial class TaskWorker : IAsyncDisposable
{
    private readonly IBroker _broker;
    private readonly IResultBackend _results;
    private readonly TaskHandlerTable _handlers;
    private readonly Func<TaskDefinition, TaskPolicy> _policyOf;
    private readonly WorkerSurroundings _surroundings;
    private readonly WorkerOptions _options;
    private readonly ConsumedQueues _queues;
    private readonly WireOptions _wire;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReadyQueue _ready;
    private readonly LateArrivals _late = new();
    private readonly CancellationTokenSource _loopsStop = new();
    private readonly CancellationTokenSource _finishStop = new();
    private readonly RevocationTable _revocations;
    private readonly RunningTasks _running;
    private readonly Unstored _unstored;
    private readonly Endings _endings;
    private readonly PrefetchGovernor _governor;
    private readonly HoldStep _hold;
    private readonly DueLoop _dueLoop;
    private readonly WaitingRoom _waiting;
    private readonly Pipeline _pipeline;
    private readonly ExecutionSlots _slots;
    private readonly WorkerPool _pool;
    private readonly AutoscaleLoop? _autoscale;
    private readonly ControlListener _control;
    private readonly WorkerEventSender _events;
    private readonly WorkerListeners? _listeners;
    private readonly UniqueKeys? _uniqueKeys;
    private readonly PermitGate? _permits;
    private readonly List<Task> _helpers = [];
    private IAsyncDisposable? _controlSubscription;
    private IBrokerConsumer? _consumer;
    private PrefetchLoop? _prefetchLoop;
    private Task _mingle = Task.CompletedTask;
    private Task _intake = Task.CompletedTask;
    private Task _permitLoop = Task.CompletedTask;

    internal TaskWorker(
        IBroker broker, IResultBackend results, TaskHandlerTable handlers, Func<TaskDefinition, TaskPolicy> policyOf, IReadOnlyList<QueueDefinition> queues, WorkerOptions options,
        WireOptions wire, IServiceScopeFactory scopes, TimeProvider time, ILogger logger, WorkerSurroundings? surroundings = null)
    {
        (_broker, _results, _handlers, _policyOf, _options, _wire, _time, _logger) = (broker, results, handlers, policyOf, options.Copy(), wire, time, logger);
        _surroundings = surroundings ?? new WorkerSurroundings();
        _ready = new ReadyQueue(HasWeights ? new WeightedTurns(_options.QueueWeights) : null);
        var queueGate = new QueueGate();
        _queues = new ConsumedQueues(queues, queueGate, PauseFlags.Of(broker), GiveBack, options.NodeName, logger);
        _revocations = new RevocationTable(time);
        _running = new RunningTasks(time);
        _events = new WorkerEventSender(broker as IBroadcaster, options, _surroundings.Clock, wire, time, logger);
        _governor = new PrefetchGovernor(options.Concurrency, options.Prefetch);
        _hold = new HoldStep(options.MaxHeldTasks, options.MaxHeldBytes, time);
        _dueLoop = new DueLoop(_hold, Release, WakePrefetch, time); // the loop runs when all is made
        var discard = new DiscardStep(_revocations, time, logger);
        var extensions = _surroundings.Extensions;
        if (extensions.Events.Count > 0)
            _listeners = new WorkerListeners(extensions.Events, new WorkerNotice { NodeName = options.NodeName, Queues = [.. queues.Select(queue => queue.Name)] }, logger, _finishStop.Token);
        _unstored = new Unstored(options.MaxUnstoredTasks, options.MaxUnstoredBytes, WakePrefetch);
        var followUps = _surroundings.Canvases is { } canvases ? new FollowUpRunner(canvases, results, wire, time, Random.Shared, logger) : null;
        var finisher = new Finisher(results, new StoreLine(results, _unstored, time, Random.Shared, logger), broker, _events, time, Random.Shared, logger, _listeners, followUps);
        var deadLetters = new DeadLetterMaker(options.MaxDeadLetters, wire, time);
        var unknown = new UnknownTaskRule(_options, deadLetters, time, logger);
        var lost = new LostSettlements();
        _uniqueKeys = _surroundings.UniqueKeys is not { } uniqueKeyStore ? null : new UniqueKeys(uniqueKeyStore, time, logger);
        _endings = new Endings(finisher, lost, _unstored, _uniqueKeys, time, logger);
        _waiting = new WaitingRoom(_hold, _dueLoop, discard, _endings, WakePrefetch, options.HoldWindow, time, logger);
        _permits = _surroundings.Permits is not { } permitStore ? null : new PermitGate(permitStore, wire, _hold, _waiting, _endings, Release, time, logger);
        var admission = new Admission(results, _permits, _waiting, _endings, time, logger);
        var rates = new RateStep(RateLimits, _hold, options.HoldWindow, time);
        _pipeline = new Pipeline(
            new ReadStep(wire, followUps is not null), new Adoption(_running, lost, logger), new ResolveStep(handlers.With(BuiltInTasks.All(handlers, results, followUps)), policyOf), unknown, discard, _hold, _waiting, new LimitStep(rates, admission, _waiting), _endings,
            deadLetters, queueGate, _events, _queues.DefinitionOf, _ready, _late, logger);
        var gate = new LoneGate(_running, time, _loopsStop.Token);
        var marks = new StartMarks(broker as IFlagStore, Random.Shared, time, logger);
        var starts = new StartCounter(options.MaxDeliveries, gate, marks, deadLetters, finisher, _uniqueKeys, results, logger);
        var judge = new OutcomeJudge(new RetryRule(Random.Shared), deadLetters, wire, time, logger);
        var started = new StartedTasks(handlers.Names);
        var executor = new TaskExecutor(
            scopes, wire, discard, unknown, admission, starts, gate, TimeLimits, judge, finisher, _uniqueKeys, _endings, queueGate, _governor, WakePrefetch, started, options.NodeName,
            extensions.Filters, _listeners, new StateReports(finisher, options.ReportInterval, wire, time, _finishStop.Token), _events, followUps, time, logger);
        _slots = new ExecutionSlots(_ready, executor, _running, gate, Release, logger);
        _pool = new WorkerPool(_slots, _governor, WakePrefetch);
        if (options.MinConcurrency is { } least) _autoscale = new AutoscaleLoop(_pool, _ready, _running, least, options.Concurrency, time, logger);
        var panel = WorkerCommands.Of(new CommandServices
        {
            Options = _options,
            Surroundings = _surroundings,
            Broker = broker,
            Results = results,
            Handlers = handlers,
            PolicyOf = policyOf,
            Queues = _queues,
            Revocations = _revocations,
            Revoker = new Revoker(_revocations, _hold, _running, _endings, logger),
            TimeLimits = TimeLimits,
            RateLimits = RateLimits,
            RateChanged = task => rates.Reset(task).ForEach(Release),
            Running = _running,
            Ready = _ready,
            Hold = _hold,
            Started = started,
            Pool = _pool,
            Autoscale = _autoscale,
            Events = _events,
            Prefetch = () => _prefetchLoop?.Told ?? _governor.Current,
            Time = time,
            Logger = logger,
            Stopping = _finishStop.Token,
        });
        _control = new ControlListener(panel, _surroundings.Clock, wire, logger);
    }

    /// <summary>How the consumer is doing; <c>null</c> while the broker has not been reached yet.</summary>
    internal ConsumerStatus? Status => _consumer?.Status;

    /// <summary>What it consumes.</summary>
    internal ConsumedQueues Queues => _queues;

    /// <summary>Time limits that were changed at run time.</summary>
    internal TimeLimitTable TimeLimits { get; } = new();

    /// <summary>Rate limits that were changed at run time.</summary>
    internal RateTable RateLimits { get; } = new();

    /// <summary>Learns what is revoked, declares the queues, starts to consume and to run.</summary>
    /// <exception cref="TaskQueueConfigurationException">A queue exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker, or the store of revocations, cannot be reached; the caller may try again.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartControlAsync(cancellationToken).ConfigureAwait(false);
        var queues = await _queues.LoadAsync(cancellationToken).ConfigureAwait(false);
        var settings = new ConsumerSettings
        {
            Queues = queues,
            Prefetch = _governor.Current,
            HasPrefetchPerQueue = HasWeights,
            MayKeepBodies = _broker is IBodyKeeper,
            NodeName = _options.NodeName,
        };
        var consumer = await _broker.ConsumeAsync(settings, cancellationToken).ConfigureAwait(false);
        _consumer = consumer;
        _prefetchLoop = new PrefetchLoop(consumer, _governor, _running, _hold, _unstored, _time, _logger);
        _slots.Start(_options.MinConcurrency ?? _options.Concurrency, _finishStop.Token);
        _helpers.Add(_dueLoop.RunAsync(_loopsStop.Token));
        if (_permits is not null) _permitLoop = _permits.RunAsync(_finishStop.Token); // also while the worker stops, until nothing runs
        _helpers.Add(_prefetchLoop.RunAsync(_loopsStop.Token));
        if (_autoscale is not null) _helpers.Add(_autoscale.RunAsync(_loopsStop.Token));
        _events.Start(() => new WorkerLoad(_running.Count, _running.Begun));
        _intake = TakeInAsync(consumer);
        await _queues.AttachAsync(consumer, queues, _loopsStop.Token).ConfigureAwait(false);
        if (_queues.NeedsLooks) _helpers.Add(new PauseLoop(_queues, _time, _logger).RunAsync(_loopsStop.Token));
        Log.WorkerReady(_logger, _options.NodeName, _options.Concurrency, string.Join(", ", _queues.Wanted.Select(queue => queue.Name)), _broker.Address, _results.Address);
        if (_handlers.Names.Count == 0) Log.WorkerWithoutTasks(_logger, _options.NodeName);
        DeadlineCheck.Warn(_broker, _handlers, _policyOf, _logger);
        if (_listeners is not null) await _listeners.ReadyAsync().ConfigureAwait(false);
    }

    // Listening comes first, so that nothing is missed between what is stored and what is sent; taking in last, so that nothing revoked runs.
    private async Task StartControlAsync(CancellationToken cancellationToken)
    {
        var broadcaster = _options.EnableRemoteControl ? _broker as IBroadcaster : null;
        if (broadcaster is not null) _controlSubscription ??= await _control.StartAsync(broadcaster, cancellationToken).ConfigureAwait(false);
        else if (_options.EnableRemoteControl) Log.NoControl(_logger, _options.NodeName, _broker.Address);

        await LoadRevocationsAsync(cancellationToken).ConfigureAwait(false);
        if (broadcaster is not null && _options.MingleTimeout > TimeSpan.Zero && _mingle.IsCompleted) _mingle = MingleAsync(_loopsStop.Token);
    }

    private async Task LoadRevocationsAsync(CancellationToken cancellationToken)
    {
        if (_surroundings.Revocations is not { } store) return;
        var known = await store.LoadAsync(RevocationTable.Most, cancellationToken).ConfigureAwait(false);
        foreach (var (revocation, remaining) in known.Reverse()) _revocations.Add(revocation, remaining); // the newest last, since the oldest are forgotten first
        Log.RevocationsLoaded(_logger, known.Count);
    }

    // Its client is of no use afterwards, and costs a connection on Redis.
    private async Task MingleAsync(CancellationToken stopping)
    {
        var client = new ControlClient(_broker, _surroundings.Clock, _wire, _time, _logger);
        await using (client.ConfigureAwait(false))
            await new Mingle(_options, _surroundings, _revocations, _time, _logger).RunAsync(client, _control, stopping).ConfigureAwait(false);
    }

    // What arrives while others are still asked waits in the consumer.
    private async Task TakeInAsync(IBrokerConsumer consumer)
    {
        await _mingle.ConfigureAwait(false);
        await new IntakeLoop(consumer, _pipeline, _logger).RunAsync(_finishStop.Token).ConfigureAwait(false);
    }

    // Weights mean nothing with one queue; but another may be added later.
    private bool HasWeights => _options.QueueWeights.Count > 0;

    private void GiveBack(string queue)
    {
        _pipeline.GiveBack(queue, _finishStop.Token);
        foreach (var request in _hold.TakeWhere(request => request.Delivery.Queue == queue))
            _ = _endings.EndAsync(request, Verdict.Requeued, null, null, _finishStop.Token); // counted there, and never fails
        WakePrefetch();
    }

    private void Release(TaskRequest request) => _pipeline.Release(request, _finishStop.Token);

    private void WakePrefetch() => _prefetchLoop?.Wake();
}
