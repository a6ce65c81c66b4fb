using System.Collections.Frozen;
using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Consumes queues and runs their tasks: one intake loop, as many execution loops as tasks may run at once, one loop for tasks that wait for their time, one for the prefetch.
/// </summary>
internal sealed class TaskWorker : IAsyncDisposable
{
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    private readonly IBroker _broker;
    private readonly IResultBackend _results;
    private readonly WorkerOptions _options;
    private readonly IReadOnlyList<QueueDefinition> _queues;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<TaskRequest> _ready = Channel.CreateUnbounded<TaskRequest>();
    private readonly CancellationTokenSource _loopsStop = new();
    private readonly CancellationTokenSource _finishStop = new();
    private readonly RunningTasks _running;
    private readonly Endings _endings = new();
    private readonly PrefetchGovernor _governor;
    private readonly HoldStep _hold;
    private readonly DueLoop _dueLoop;
    private readonly Pipeline _pipeline;
    private readonly TaskExecutor _executor;
    private readonly List<Task> _slots = [];
    private readonly List<Task> _helpers = [];
    private IBrokerConsumer? _consumer;
    private PrefetchLoop? _prefetchLoop;
    private Task _intake = Task.CompletedTask;

    internal TaskWorker(
        IBroker broker, IResultBackend results, TaskHandlerTable handlers, Func<TaskDefinition, TaskPolicy> policyOf, IReadOnlyList<QueueDefinition> queues, WorkerOptions options,
        WireOptions wire, IServiceScopeFactory scopes, TimeProvider time, ILogger logger)
    {
        (_broker, _results, _queues, _options, _time, _logger) = (broker, results, queues, options.Copy(), time, logger);
        _running = new RunningTasks(time);
        _governor = new PrefetchGovernor(options.Concurrency, options.Prefetch);
        _hold = new HoldStep(time);
        _dueLoop = new DueLoop(_hold, _ready.Writer, WakePrefetch, time);
        var expiry = new ExpiryStep(time);
        var finisher = new Finisher(results, broker, time, Random.Shared, logger);
        var deadLetters = new DeadLetters(options.MaxDeadLetters, time);
        var unknown = new UnknownTaskRule(_options, deadLetters, time, logger);
        var byName = queues.ToFrozenDictionary(queue => queue.Name);
        _pipeline = new Pipeline(
            new ReadStep(wire), new ResolveStep(handlers, policyOf), unknown, expiry, _hold, _dueLoop, finisher, deadLetters, name => byName[name], _ready.Writer, WakePrefetch, logger);
        var starts = new StartCounter(options.MaxDeliveries, deadLetters, finisher, results, logger);
        var judge = new OutcomeJudge(new RetryRule(Random.Shared), deadLetters, wire, time, logger);
        _executor = new TaskExecutor(scopes, wire, expiry, unknown, starts, judge, finisher, _endings, _governor, WakePrefetch, options.NodeName, time, logger);
    }

    /// <summary>How the consumer is doing; <c>null</c> while the broker has not been reached yet.</summary>
    internal ConsumerStatus? Status => _consumer?.Status;

    /// <summary>Declares the queues, starts to consume and to run.</summary>
    /// <exception cref="TaskQueueConfigurationException">A queue exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached; the caller may try again.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = new ConsumerSettings { Queues = _queues, Prefetch = _governor.Current, NodeName = _options.NodeName };
        var consumer = await _broker.ConsumeAsync(settings, cancellationToken).ConfigureAwait(false);
        _consumer = consumer;
        ReserveThreads();
        _prefetchLoop = new PrefetchLoop(consumer, _governor, _running, _hold, _options.MaxHeldTasks, _time, _logger);
        for (var i = 0; i < _options.Concurrency; i++) _slots.Add(new ExecutionLoop(_ready.Reader, _executor, _running.AddPlace(), _logger).RunAsync(_finishStop.Token));
        _helpers.Add(_dueLoop.RunAsync(_loopsStop.Token));
        _helpers.Add(_prefetchLoop.RunAsync(_loopsStop.Token));
        _intake = new IntakeLoop(consumer, _pipeline, _logger).RunAsync(_finishStop.Token);
        Log.WorkerReady(_logger, _options.NodeName, _options.Concurrency, string.Join(", ", _queues.Select(queue => queue.Name)), _broker.Address, _results.Address);
    }

    /// <summary>
    /// Stops: fetches no more, gives back what has not begun, lets running tasks end, cancels those that do not, gives back what is unfinished then.
    /// </summary>
    /// <param name="hurry">Cancelled when there is no time left to wait for running tasks.</param>
    internal async Task StopAsync(CancellationToken hurry)
    {
        if (_consumer is null) return;
        await _consumer.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await EndAsync(_loopsStop, _helpers).ConfigureAwait(false);
        var returned = await GiveBackWaitingAsync().ConfigureAwait(false);
        Log.WorkerStopping(_logger, _options.NodeName, _running.Count, returned);

        var running = EndAllAsync();
        if (!await EndsWithinAsync(running, _options.ShutdownTimeout, hurry).ConfigureAwait(false))
        {
            Log.WorkerCancels(_logger, _options.NodeName, _running.Count, _options.ShutdownTimeout.TotalSeconds);
            _running.CancelAll(TaskCancelReason.Shutdown);
            await EndsWithinAsync(running, _options.CancelTimeout, CancellationToken.None).ConfigureAwait(false);
        }

        await _finishStop.CancelAsync().ConfigureAwait(false); // whoever still waits for a result store gives its task back
        await EndsWithinAsync(running, LastWait, CancellationToken.None).ConfigureAwait(false);

        await _consumer.DisposeAsync().ConfigureAwait(false); // flushes settlements, returns what is unsettled
        _consumer = null;
        Log.WorkerStopped(_logger, _options.NodeName);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _loopsStop.Dispose();
        _finishStop.Dispose();
    }

    // What runs, and what has run but is not stored or settled yet.
    private async Task EndAllAsync()
    {
        await Task.WhenAll([.. _slots, _intake]).ConfigureAwait(false);
        await _endings.CompleteAsync().ConfigureAwait(false);
    }

    private void WakePrefetch() => _prefetchLoop?.Wake();

    // Synchronous handlers block their thread. The pool starts with one per processor and adds others slowly; without this, eight sleeping tasks would stall heartbeats.
    private void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        var wanted = Math.Min(_options.Concurrency, 512) + Environment.ProcessorCount;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, ports);
    }

    private async Task<int> GiveBackWaitingAsync()
    {
        var waiting = _hold.TakeAll();
        _ready.Writer.TryComplete();
        while (_ready.Reader.TryRead(out var request)) waiting.Add(request);
        foreach (var request in waiting)
            await request.Consumer.SettleAsync(request.Delivery, Settlement.Requeue, CancellationToken.None).ConfigureAwait(false);
        return waiting.Count;
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan timeout, CancellationToken hurry)
    {
        try
        {
            await task.WaitAsync(timeout, _time, hurry).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task EndAsync(CancellationTokenSource stop, IEnumerable<Task> loops)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(loops).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // that is how they end
        }
    }
}
