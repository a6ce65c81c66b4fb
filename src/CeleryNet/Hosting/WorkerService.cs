using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Hosting;

/// <summary>
/// Runs the worker with the host. A wrong queue declaration fails the start; a broker that is down does not: the worker then waits for it in the background.
/// </summary>
internal sealed class WorkerService : IHostedService, ITaskWorker, IAsyncDisposable
{
    private readonly TaskWorker _worker;
    private readonly WorkerOptions _options;
    private readonly QueueCatalog _catalog;
    private readonly IBroker _broker;
    private readonly StopSignals _signals;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _connecting = Task.CompletedTask;
    private int _isDisposed;

    public WorkerService(
        IBroker broker, IResultBackend results, TaskHandlerTable handlers, ClientSettings client, QueueCatalog queues, WorkerSettings settings, WireOptions wire,
        IServiceScopeFactory scopes, WorkerSurroundings surroundings, StopSignals signals, TimeProvider time, ILogger<WorkerService> logger)
    {
        (_broker, _signals, _time, _logger, _options, _catalog) = (broker, signals, time, logger, settings.Options, queues);
        IReadOnlyList<string> names = _options.QueueNames.Count > 0 ? _options.QueueNames : [client.DefaultQueue];
        surroundings = surroundings with { ConfiguredQueue = queues.Find };
        _worker = new TaskWorker(broker, results, handlers, PolicyOf, [.. names.Distinct().Select(queues.Get)], _options, wire, scopes, time, logger, surroundings);

        TaskPolicy PolicyOf(TaskDefinition definition) =>
            client.Tasks.TryGetValue(definition.Name, out var configured) ? definition.Policy.Under(configured) : definition.Policy;
    }

    /// <summary>How the consumer is doing; <c>null</c> while the broker has not been reached yet.</summary>
    internal ConsumerStatus? Status => _worker.Status;

    /// <inheritdoc/>
    public IReadOnlyList<WorkerQueue> Queues => _worker.Queues.Wanted;

    /// <inheritdoc/>
    public Task AddQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return _worker.Queues.AddAsync(_catalog.Get(queue), cancellationToken);
    }

    /// <inheritdoc/>
    public Task CancelQueueAsync(string queue, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return _worker.Queues.CancelAsync(queue, cancellationToken);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _signals.Listen();
        try
        {
            await _worker.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerUnavailableException error)
        {
            _connecting = KeepTryingAsync(error, _stop.Token);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _connecting.ConfigureAwait(false);
        using var hurry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _signals.Hurry); // the host's time is over, or somebody is impatient: the same for the worker
        await _worker.StopAsync(hurry.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return; // the container knows it by two services
        await _stop.CancelAsync().ConfigureAwait(false);
        await _connecting.ConfigureAwait(false);
        await _worker.DisposeAsync().ConfigureAwait(false);
        _signals.Dispose();
        _stop.Dispose();
    }

    private async Task KeepTryingAsync(BrokerUnavailableException error, CancellationToken stopping)
    {
        var backoff = new Backoff(Random.Shared);
        while (!stopping.IsCancellationRequested)
        {
            var delay = backoff.Next();
            Log.WorkerWaits(_logger, _options.NodeName, _broker.Address, delay.TotalSeconds, error);
            try
            {
                await Task.Delay(delay, _time, stopping).ConfigureAwait(false);
                await _worker.StartAsync(stopping).ConfigureAwait(false);
                return;
            }
            catch (BrokerUnavailableException again)
            {
                error = again;
            }
            catch (OperationCanceledException)
            {
                return; // the host stops
            }
            catch (TaskQueueConfigurationException wrong)
            {
                // Found only now, since the broker was down at the start. Nothing heals it but an operator, so the host goes on without this worker and says why.
                Log.WorkerNotStarted(_logger, _options.NodeName, wrong);
                return;
            }
        }
    }
}
