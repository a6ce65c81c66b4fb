using System.Globalization;
using CeleryNet.Diagnostics;

namespace CeleryNet.Testing;

public sealed partial class TaskQueueHarness
{
    // A task that puts itself off for ever would be run for ever.
    private const int MostSteps = 100_000;

    /// <summary>
    /// Waits until nothing is ready, running or being settled in the queues that the worker consumes; tasks that are sent meanwhile are run too. What is not due yet stays, and the clock stands still.
    /// </summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="TaskQueueException">Something did not end by the deadline in real time; the message says what is open.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        using var deadline = Deadline(cancellationToken);
        await IdleAsync(deadline.Token, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Drains, and moves the clock to each moment at which something is due, until nothing is left at all: etas, countdowns, retries. Periodic tasks, which never end, are not sent meanwhile.
    /// </summary>
    /// <inheritdoc cref="DrainAsync"/>
    public async Task DrainDelayedAsync(CancellationToken cancellationToken = default)
    {
        using var deadline = Deadline(cancellationToken);
        await StepToAsync(null, deadline.Token, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Moves the clock, and runs on the way what is due, also the periodic tasks of <c>AddBeat</c>, each at its own moment and to its end before the clock moves on. A task that waits for the clock itself, such as one that is to run into
    /// its time limit, is moved by <see cref="VirtualTime.Advance"/> of <see cref="Time"/> instead.
    /// </summary>
    /// <param name="by">How far; not negative.</param>
    /// <inheritdoc cref="DrainAsync"/>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        using var deadline = Deadline(cancellationToken);
        var target = Time.GetUtcNow() + by;
        await StepToAsync(target, deadline.Token, cancellationToken).ConfigureAwait(false);
        Time.AdvanceTo(target);
        await IdleAsync(deadline.Token, cancellationToken).ConfigureAwait(false);
    }

    // Without a target it goes on until nothing waits; a beat always has something to do.
    private async Task StepToAsync(DateTimeOffset? target, CancellationToken deadline, CancellationToken cancellationToken)
    {
        for (var step = 0; ; step++)
        {
            await IdleAsync(deadline, cancellationToken).ConfigureAwait(false);
            var due = _work.NextDue;
            if (target is not null && await _beat.NextAsync(cancellationToken).ConfigureAwait(false) is { } periodic && !(due < periodic)) due = periodic;
            if (due is not { } next || next > target) return;
            if (step == MostSteps) throw NotDrained(string.Create(CultureInfo.InvariantCulture, $"the clock was moved {MostSteps} times and there is always more to do"));
            Time.AdvanceTo(next);
            if (target is not null) await _beat.SendDueAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task IdleAsync(CancellationToken deadline, CancellationToken cancellationToken)
    {
        try
        {
            await _work.IdleAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw NotDrained(string.Create(CultureInfo.InvariantCulture, $"work did not end within {_deadline.TotalSeconds} s of real time (Deadline)"));
        }
    }

    private CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(_deadline);
        return source;
    }

    private TaskQueueException NotDrained(string why) => new(
        ErrorCodes.NotDrained, $"The task queue was not drained: {why}. Open: {_work.Describe()}. Let the task end, or move the clock when it waits for it (Time.Advance).");
}
