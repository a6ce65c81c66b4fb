using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// What a worker consumes: the queues that are wanted, by its options or by who steers it, without those that are paused. One change at a time; each makes the consumer follow, and gives back what
/// had been fetched of a queue that is left. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore is never disposed: a late caller may wait for it.")]
internal sealed class ConsumedQueues
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<string> _consumed = []; // what the consumer was told; under the turn, as what is wanted
    private readonly QueueGate _gate;
    private readonly PauseFlags? _pauses;
    private readonly Action<string> _giveBack;
    private readonly string _nodeName;
    private readonly ILogger _logger;
    private FrozenDictionary<string, QueueDefinition> _definitions; // also of queues that were left: their last tasks are still on their way
    private WorkerQueue[] _wanted;
    private IBrokerConsumer? _consumer;
    private bool _wasRefused;
    private bool _isClosed;

    /// <param name="queues">The queues of the options.</param>
    /// <param name="gate">Keeps tasks from starting.</param>
    /// <param name="pauses">Which queues are paused; <c>null</c> where the broker cannot remember that.</param>
    /// <param name="giveBack">Gives back what was fetched of a queue and has not begun.</param>
    /// <param name="nodeName">Name of the worker.</param>
    /// <param name="logger">The worker's log.</param>
    internal ConsumedQueues(IReadOnlyList<QueueDefinition> queues, QueueGate gate, PauseFlags? pauses, Action<string> giveBack, string nodeName, ILogger logger)
    {
        (_gate, _pauses, _giveBack, _nodeName, _logger) = (gate, pauses, giveBack, nodeName, logger);
        _definitions = queues.ToFrozenDictionary(queue => queue.Name);
        _wanted = [.. queues.Select(queue => new WorkerQueue(queue.Name, false))];
    }

    /// <summary>What the worker consumes, or will consume when it goes on.</summary>
    internal IReadOnlyList<WorkerQueue> Wanted => Volatile.Read(ref _wanted);

    /// <summary>The declarations of what is consumed at the moment.</summary>
    internal IReadOnlyList<QueueDefinition> Active => [.. Wanted.Where(static queue => !queue.IsPaused).Select(queue => DefinitionOf(queue.Name))];

    /// <summary>True where pauses have to be looked for now and then.</summary>
    internal bool NeedsLooks => _pauses is { MayMissBroadcasts: true };

    /// <summary>The declaration of a queue that is or was consumed.</summary>
    internal QueueDefinition DefinitionOf(string queue) => Volatile.Read(ref _definitions)[queue];

    /// <summary>Looks which queues are paused, before consuming begins.</summary>
    /// <returns>What is to be consumed at first.</returns>
    internal async Task<IReadOnlyList<QueueDefinition>> LoadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var queue in _wanted) await ReadAsync(queue.Name, cancellationToken).ConfigureAwait(false);
            return Active;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>From now on the consumer follows.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="given">What it consumes already.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    internal async Task AttachAsync(IBrokerConsumer consumer, IReadOnlyList<QueueDefinition> given, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _consumer = consumer;
            _consumed.UnionWith(given.Select(queue => queue.Name));
            foreach (var queue in _definitions.Keys) await FollowAsync(queue, cancellationToken).ConfigureAwait(false); // what was changed meanwhile
        }
        catch (TaskQueueException error)
        {
            Log.LoopRoundFailed(_logger, nameof(ConsumedQueues), error); // the worker runs by now; the next look tries it again
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Consumes one more queue; one that is paused only when it goes on.</summary>
    /// <exception cref="TaskQueueConfigurationException">It exists with other arguments.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached. The queue is not consumed.</exception>
    internal async Task AddAsync(QueueDefinition queue, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed || Find(queue.Name) >= 0) return;
            if (!_definitions.ContainsKey(queue.Name)) Volatile.Write(ref _definitions, _definitions.Append(new(queue.Name, queue)).ToFrozenDictionary());
            var before = _wanted;
            Volatile.Write(ref _wanted, [.. before, new WorkerQueue(queue.Name, false)]);
            try
            {
                await ReadAsync(queue.Name, cancellationToken).ConfigureAwait(false);
                await FollowAsync(queue.Name, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                Volatile.Write(ref _wanted, before);
                _gate.Close(queue.Name);
                throw;
            }

            Log.QueueAdded(_logger, _nodeName, Printable.Limit(queue.Name));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Leaves a queue. What runs ends; what was fetched goes back.</summary>
    internal async Task CancelAsync(string queue, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed || Find(queue) < 0) return;
            Volatile.Write(ref _wanted, [.. _wanted.Where(wanted => wanted.Name != queue)]);
            await FollowAsync(queue, cancellationToken).ConfigureAwait(false);
            Log.QueueCancelled(_logger, _nodeName, Printable.Limit(queue));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks whether a queue is paused or goes on, and follows. One that is not wanted here is left alone.</summary>
    internal async Task LookAsync(string queue, CancellationToken cancellationToken)
    {
        if (_pauses is null) return;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed || Find(queue) < 0) return;
            await ReadAsync(queue, cancellationToken).ConfigureAwait(false);
            await FollowAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Follows no more: the worker stops.</summary>
    internal void Close() => Volatile.Write(ref _isClosed, true);

    private async Task ReadAsync(string queue, CancellationToken cancellationToken)
    {
        if (_pauses is null) return;
        bool isPaused;
        try
        {
            isPaused = await _pauses.IsPausedAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        catch (TaskQueueConfigurationException error)
        {
            if (!_wasRefused) Log.PausesUnknown(_logger, _nodeName, error); // once: nothing heals it but an operator
            _wasRefused = true;
            return;
        }

        var index = Find(queue);
        if (index < 0 || _wanted[index].IsPaused == isPaused) return;
        var changed = _wanted.ToArray();
        changed[index] = new WorkerQueue(queue, isPaused);
        Volatile.Write(ref _wanted, changed);
        if (isPaused) Log.QueuePaused(_logger, _nodeName, Printable.Limit(queue));
        else Log.QueueResumed(_logger, _nodeName, Printable.Limit(queue));
    }

    // The gate is closed before the consumer leaves, and opened before it begins, so that nothing starts that should not and nothing goes back that may start.
    private async Task FollowAsync(string queue, CancellationToken cancellationToken)
    {
        var isOpen = Find(queue) is >= 0 and var index && !_wanted[index].IsPaused;
        if (_consumer is not { } any || isOpen == _consumed.Contains(queue) || _isClosed) return;
        if (any is not ISelectiveConsumer consumer)
            throw new TaskQueueException(ErrorCodes.NotSupported, $"Worker {_nodeName} can neither leave queue '{queue}' nor take it up while it runs, since its broker cannot do that. Restart it with other queues.");

        if (isOpen)
        {
            _gate.Open(queue);
            await consumer.AddQueueAsync(DefinitionOf(queue), cancellationToken).ConfigureAwait(false);
            _consumed.Add(queue);
            return;
        }

        _gate.Close(queue);
        await consumer.CancelQueueAsync(queue, cancellationToken).ConfigureAwait(false);
        _consumed.Remove(queue);
        _giveBack(queue);
    }

    private int Find(string queue) => Array.FindIndex(_wanted, wanted => wanted.Name == queue);
}
