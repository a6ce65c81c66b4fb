using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Results;
using CeleryNet.Tasks;
using CeleryNet.Worker.Limits;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Commands;

/// <summary>The parts of a worker that its commands look at and turn.</summary>
internal sealed record CommandServices
{
    internal required WorkerOptions Options { get; init; }

    internal required WorkerSurroundings Surroundings { get; init; }

    internal required IBroker Broker { get; init; }

    internal required IResultBackend Results { get; init; }

    internal required TaskHandlerTable Handlers { get; init; }

    internal required Func<TaskDefinition, TaskPolicy> PolicyOf { get; init; }

    /// <summary>The queues that are consumed at the moment.</summary>
    internal required ConsumedQueues Queues { get; init; }

    internal required RevocationTable Revocations { get; init; }

    internal required Revoker Revoker { get; init; }

    internal required TimeLimitTable TimeLimits { get; init; }

    internal required RateTable RateLimits { get; init; }

    /// <summary>Told the task whose rate was changed.</summary>
    internal required Action<string> RateChanged { get; init; }

    internal required RunningTasks Running { get; init; }

    internal required ReadyQueue Ready { get; init; }

    internal required HoldStep Hold { get; init; }

    internal required StartedTasks Started { get; init; }

    internal required WorkerPool Pool { get; init; }

    /// <summary>Scales the worker; <c>null</c> where that is off.</summary>
    internal required AutoscaleLoop? Autoscale { get; init; }

    /// <summary>Tells monitors.</summary>
    internal required WorkerEventSender Events { get; init; }

    /// <summary>How many messages the worker may hold unfinished.</summary>
    internal required Func<int> Prefetch { get; init; }

    internal required TimeProvider Time { get; init; }

    internal required ILogger Logger { get; init; }

    /// <summary>Cancelled when the worker gives up on what is unfinished.</summary>
    internal required CancellationToken Stopping { get; init; }

    internal string NodeName => Options.NodeName;
}
