using System.Runtime.CompilerServices;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>A task that was sent: its id, its state, its end. Thread-safe; any number of callers may wait on one handle.</summary>
public class TaskHandle
{
    private readonly string? _name;
    private readonly bool _ignoresResult;
    private TaskResult? _final; // nothing follows a final state, so it is asked for once

    internal TaskHandle(ResultSource source, string id, string? name = null, bool ignoresResult = false)
    {
        Source = source;
        Id = id;
        _name = name;
        _ignoresResult = ignoresResult;
    }

    /// <summary>Id of the task.</summary>
    public string Id { get; }

    /// <summary>
    /// True when this call sent nothing, since a task with the same key is under way (<see cref="UniqueAttribute"/>). The handle is that task's, or, with <see cref="DuplicatePolicy.Drop"/>, one
    /// of nothing: waiting for it is an error.
    /// </summary>
    public bool IsDuplicate { get; internal set; }

    /// <summary>True when no task has this id.</summary>
    internal bool IsDropped { get; set; }

    internal ResultSource Source { get; }

    /// <summary>Its place in a canvas; <c>null</c> when it is none.</summary>
    internal ResultNode? Node { get; set; }

    /// <summary>The task before it in its chain; <c>null</c> when it is the first, when a group is before it, or when the handle was made from an id. Celery's <c>AsyncResult.parent</c>.</summary>
    public TaskHandle? Parent => Node?.Parent is { IsGroup: false } parent ? new TaskHandle(Source, parent.Id) { Node = parent } : null;

    /// <summary>The group before it, of whose chord it is the body; <c>null</c> when there is none.</summary>
    public GroupHandle<object?>? ParentGroup => Node?.Parent is { IsGroup: true } parent ? new GroupHandle<object?>(Source, parent, WireConverters.Any) : null;

    /// <summary>The state now, one of <see cref="TaskStates"/> or a custom one; PENDING when nothing is stored, also for an unknown id.</summary>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled.</exception>
    public async Task<string> GetStateAsync(CancellationToken cancellationToken = default) =>
        (await LookAsync(cancellationToken).ConfigureAwait(false))?.State ?? TaskStates.Pending;

    /// <summary>What is known now, without waiting.</summary>
    /// <inheritdoc cref="GetStateAsync"/>
    public async Task<TaskSnapshot> GetSnapshotAsync(CancellationToken cancellationToken = default) =>
        new(Id, await LookAsync(cancellationToken).ConfigureAwait(false), Source.Wire);

    /// <summary>Waits until the task has ended and throws when it did not succeed. The end is pushed by the store.</summary>
    /// <param name="timeout">How long to wait; <c>null</c> for as long as it takes, zero to look once.</param>
    /// <param name="cancellationToken">Stops the wait; the task runs on.</param>
    /// <exception cref="ResultTimeoutException">It has not ended in time.</exception>
    /// <exception cref="TaskRevokedException">It was revoked or expired.</exception>
    /// <exception cref="RemoteTaskException">It failed.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled, or the task was sent with <see cref="CallOptions.IgnoreResult"/>.</exception>
    public async Task GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        (await WaitAsync(timeout, cancellationToken).ConfigureAwait(false)).ThrowIfFailed();

    /// <summary>Waits until the task has ended and returns how, an error as data.</summary>
    /// <param name="timeout">How long to wait; <c>null</c> for as long as it takes, zero to look once.</param>
    /// <param name="cancellationToken">Stops the wait; the task runs on.</param>
    /// <exception cref="ResultTimeoutException">It has not ended in time.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled, or the task was sent with <see cref="CallOptions.IgnoreResult"/>.</exception>
    public async Task<TaskSnapshot> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        new(Id, await WaitForEndAsync(timeout, cancellationToken).ConfigureAwait(false), Source.Wire);

    /// <summary>
    /// Every state from the one now to the final one: custom states with their progress too. Equal states in a row come once; when the reader is slow, old ones are left out.
    /// </summary>
    /// <param name="cancellationToken">Stops the watching; the task runs on.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled, or the task was sent with <see cref="CallOptions.IgnoreResult"/>.</exception>
    public async IAsyncEnumerable<TaskSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        CheckWaitable();
        var watch = await ResultWatch.OpenAsync(Source, Id, cancellationToken).ConfigureAwait(false);
        await using (watch.ConfigureAwait(false))
        {
            TaskSnapshot snapshot;
            do
            {
                snapshot = new TaskSnapshot(Id, await watch.NextAsync(cancellationToken).ConfigureAwait(false), Source.Wire);
                if (snapshot.IsReady) _final = snapshot.Result;
                yield return snapshot;
            }
            while (!snapshot.IsReady);
        }
    }

    /// <summary>
    /// Revokes the task: a worker that receives it does not run it, and its state becomes REVOKED. Returns when the broker has the request; a task that has ended stays as it is.
    /// </summary>
    /// <param name="terminate">True also ends it when it is running; see <see cref="ITaskControl.RevokeAsync"/>. False (default) lets a running task go on, as in Celery.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker or the store of revocations cannot be reached.</exception>
    public Task RevokeAsync(bool terminate = false, CancellationToken cancellationToken = default) => Source.Control.RevokeAsync([Id], terminate, cancellationToken);

    /// <summary>Revokes the task and all before it in its canvas that is known by id: the other steps of a chain, the members of a chord's header.</summary>
    /// <inheritdoc cref="RevokeAsync"/>
    public Task RevokeCanvasAsync(bool terminate = false, CancellationToken cancellationToken = default) => Source.Control.RevokeAsync(Node?.TaskIds() ?? [Id], terminate, cancellationToken);

    /// <summary>The tasks that this task has sent, as its worker stored them; those of groups among them one by one. Celery's <c>AsyncResult.children</c>. None while it has not ended.</summary>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled.</exception>
    public async Task<IReadOnlyList<TaskHandle>> GetChildrenAsync(CancellationToken cancellationToken = default)
    {
        var result = await LookAsync(cancellationToken).ConfigureAwait(false);
        if (result is null || result.Children.IsEmpty) return [];
        return [.. JsonParts.Split(result.Children).SelectMany(tuple => ResultNode.Read(tuple).Leaves()).Select(node => new TaskHandle(Source, node.Id) { Node = node })];
    }

    /// <summary>Removes what is stored of the task. Its state is PENDING afterwards.</summary>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async Task ForgetAsync(CancellationToken cancellationToken = default)
    {
        await Source.Backend.ForgetAsync(Id, cancellationToken).ConfigureAwait(false);
        _final = null;
    }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    /// <summary>Its end, when somebody else has heard of it.</summary>
    internal TaskResult? Final
    {
        get => _final;
        set => _final = value;
    }

    private protected async Task<TaskResult> WaitForEndAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        CheckWaitable();
        if (timeout is { } limit && limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A timeout is not negative; null waits for as long as it takes.");
        if (_final is { } known) return known;

        if (timeout == TimeSpan.Zero)
        {
            var now = await LookAsync(cancellationToken).ConfigureAwait(false);
            return now is { IsReady: true } ? now : throw new ResultTimeoutException(Id, now?.State ?? TaskStates.Pending, TimeSpan.Zero);
        }

        return timeout is { } finite && finite != Timeout.InfiniteTimeSpan
            ? await WaitAtMostAsync(finite, cancellationToken).ConfigureAwait(false)
            : await WaitForEndAsync(new WaitProgress(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<TaskResult> WaitAtMostAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(timeout, Source.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        var progress = new WaitProgress();
        try
        {
            return await WaitForEndAsync(progress, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            throw new ResultTimeoutException(Id, progress.State, timeout, progress.Outage);
        }
    }

    private async Task<TaskResult> WaitForEndAsync(WaitProgress progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var watch = await ResultWatch.OpenAsync(Source, Id, cancellationToken).ConfigureAwait(false);
        await using (watch.ConfigureAwait(false))
        {
            try
            {
                while (true)
                {
                    var result = await watch.NextAsync(cancellationToken).ConfigureAwait(false);
                    if (result is { IsReady: true }) return _final = result;
                    progress.State = result?.State ?? TaskStates.Pending;
                }
            }
            finally
            {
                progress.Outage = watch.Outage;
            }
        }
    }

    private async ValueTask<TaskResult?> LookAsync(CancellationToken cancellationToken)
    {
        if (_final is { } known) return known;
        CheckEnabled();
        var result = await Source.Backend.GetAsync(Id, cancellationToken).ConfigureAwait(false);
        if (result is { IsReady: true }) _final = result;
        return result;
    }

    private void CheckEnabled()
    {
        if (IsDropped)
        {
            throw new TaskQueueException(
                ErrorCodes.DuplicateDropped, $"Task '{Printable.Limit(_name)}' was not sent, since one with the same key is under way, so it has no state. Look at IsDuplicate first.");
        }

        if (!Source.Backend.IsEnabled) throw DisabledResultBackend.Disabled(Id);
    }

    /// <summary>Throws when its end is stored by nobody.</summary>
    internal void CheckWaitable()
    {
        CheckEnabled();
        if (_ignoresResult)
        {
            throw new TaskQueueException(
                ErrorCodes.ResultsDisabled, $"Task '{Printable.Limit(_name)}' (id {Printable.Limit(Id)}) was sent with IgnoreResult, so its end is not stored and a wait would never end. Send it without.");
        }
    }

    // What a wait has seen so far, for the message of its timeout.
    private sealed class WaitProgress
    {
        internal string State { get; set; } = TaskStates.Pending;

        internal BrokerUnavailableException? Outage { get; set; }
    }
}
