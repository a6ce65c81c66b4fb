using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.FollowUps;

/// <summary>Does what the end of a task needs, as often as it takes: broker and store may be away. Thread-safe.</summary>
internal sealed class Persistence(TimeProvider time, Random random, ILogger logger)
{
    private int _heldUp;

    /// <summary>True while something cannot be done.</summary>
    internal bool IsHeldUp => Volatile.Read(ref _heldUp) > 0;

    /// <summary>Returns when the step is done. What repeating does not heal is thrown.</summary>
    /// <param name="request">The task that ends.</param>
    /// <param name="step">What is to be done; harmless when it is repeated.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    /// <exception cref="OperationCanceledException">The worker gave up first.</exception>
    internal async ValueTask DoAsync(TaskRequest request, Func<CancellationToken, ValueTask> step, CancellationToken stopping)
    {
        Backoff? backoff = null;
        try
        {
            while (true)
            {
                try
                {
                    await step(stopping).ConfigureAwait(false);
                    return;
                }
                catch (TaskQueueException error) when (error is PublishException or BrokerUnavailableException)
                {
                    Log.FollowUpsWait(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
                    if (backoff is null) Interlocked.Increment(ref _heldUp);
                    backoff ??= new Backoff(random);
                    await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            if (backoff is not null) Interlocked.Decrement(ref _heldUp);
        }
    }
}
