using System.Runtime.CompilerServices;
using CeleryNet.Client;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>A group that was sent: its members and their results. Celery's <c>GroupResult</c>. Thread-safe.</summary>
/// <typeparam name="T">What each member returns.</typeparam>
public sealed class GroupHandle<T>
{
    private readonly ResultSource _source;
    private readonly ResultNode _node;
    private ILookup<string, TaskHandle<T>>? _byId; // made when results are asked for

    internal GroupHandle(ResultSource source, ResultNode node, WireConverter<T> converter)
    {
        _source = source;
        _node = node;
        Members = [.. node.Leaves().Select(member => new TaskHandle<T>(source, member.Id, null, false, converter) { Node = member })];
    }

    /// <summary>Id of the group.</summary>
    public string Id => _node.Id;

    /// <summary>The members in their order; of a member that is a chain, its last task.</summary>
    public IReadOnlyList<TaskHandle<T>> Members { get; }

    /// <summary>How many members it has.</summary>
    public int Count => Members.Count;

    /// <summary>The task before the group in its chain; <c>null</c> when there is none.</summary>
    public TaskHandle? Parent => _node.Parent is { IsGroup: false } parent ? new TaskHandle(_source, parent.Id) { Node = parent } : null;

    /// <summary>Waits for all members and returns their results in their order.</summary>
    /// <param name="timeout">How long to wait for all of them; <c>null</c> for as long as it takes.</param>
    /// <param name="cancellationToken">Stops the wait; the tasks run on.</param>
    /// <exception cref="ResultTimeoutException">Not all have arrived in time.</exception>
    /// <exception cref="TaskRevokedException">A member was revoked or expired.</exception>
    /// <exception cref="RemoteTaskException">A member failed; the others are not waited for.</exception>
    /// <exception cref="MessageFormatException">A value does not fit <typeparamref name="T"/>.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async Task<IReadOnlyList<T>> GetAllAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        if (timeout is { } limit && limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A timeout is not negative; null waits for as long as it takes.");
        foreach (var member in Members.Where(static member => member.Final is not null)) new TaskSnapshot(member.Id, member.Final, _source.Wire).ThrowIfFailed();
        var isLook = timeout == TimeSpan.Zero;
        using var clock = timeout is { } finite && finite > TimeSpan.Zero ? new CancellationTokenSource(finite, _source.Time) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock?.Token ?? default);
        BrokerUnavailableException? outage = null;
        try
        {
            var watch = await OpenAsync(isLook, either.Token).ConfigureAwait(false);
            await using (watch.ConfigureAwait(false))
            {
                try
                {
                    while (watch.HasNext) await EndAsync(watch, either.Token).ConfigureAwait(false);
                }
                finally
                {
                    outage = watch.Outage;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (clock is { IsCancellationRequested: true })
        {
            // told below, if it is late
        }

        if (Members.FirstOrDefault(static member => member.Final is null) is { } late)
        {
            var state = outage is null ? await late.GetStateAsync(cancellationToken).ConfigureAwait(false) : TaskStates.Pending;
            throw new ResultTimeoutException(late.Id, state, timeout!.Value, outage); // without a timeout the watch ends with the last member
        }

        var values = new List<T>(Count);
        foreach (var member in Members) values.Add(await member.GetAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false)); // all have ended, so nobody is asked
        return values;
    }

    /// <summary>The end of each member as it comes, errors as data.</summary>
    /// <param name="cancellationToken">Stops the watching; the tasks run on.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async IAsyncEnumerable<TaskSnapshot<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var known in Members.Where(static member => member.Final is not null).ToList()) yield return await known.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        var watch = await OpenAsync(isLook: false, cancellationToken).ConfigureAwait(false);
        await using (watch.ConfigureAwait(false))
        {
            while (watch.HasNext)
                foreach (var member in await NextAsync(watch, cancellationToken).ConfigureAwait(false)) yield return await member.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How many members have ended, and how.</summary>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async Task<GroupCounts> CountAsync(CancellationToken cancellationToken = default)
    {
        foreach (var member in Members) member.CheckWaitable();
        var asked = Members.Where(static member => member.Final is null).Select(static member => member.Id).Distinct().ToList();
        var found = await GroupWatch.LookAsync(_source.Backend, asked, cancellationToken).ConfigureAwait(false);
        Keep(found);
        var states = Members.Select(static member => member.Final?.State).ToList();
        return new GroupCounts(
            states.Count, states.Count(state => state == TaskStates.Success), states.Count(state => state == TaskStates.Failure), states.Count(state => state == TaskStates.Revoked));
    }

    /// <summary>Revokes all members, and whatever is before them in the canvas.</summary>
    /// <param name="terminate">True also ends those that are running; see <see cref="ITaskControl.RevokeAsync"/>.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker or the store of revocations cannot be reached.</exception>
    public Task RevokeAsync(bool terminate = false, CancellationToken cancellationToken = default) =>
        Count == 0 ? Task.CompletedTask : _source.Control.RevokeAsync(_node.TaskIds(), terminate, cancellationToken);

    /// <summary>Keeps the ids of the group and its members in the result store, as long as results are kept, so that <see cref="ITaskClient.RestoreGroupAsync"/> and Python's <c>GroupResult.restore</c> find it.</summary>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">The store keeps no groups.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var store = _source.Backend as IChordStore ?? throw CanvasChecks.NoGroups(_source.Backend);
        await store.SaveGroupAsync(Id, _node.ToBytes(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    // Of the members whose end is not known.
    private ValueTask<GroupWatch> OpenAsync(bool isLook, CancellationToken cancellationToken)
    {
        foreach (var member in Members) member.CheckWaitable();
        return GroupWatch.OpenAsync(_source, Members.Where(static member => member.Final is null).Select(static member => member.Id), isLook, cancellationToken);
    }

    // Throws when a member has not succeeded; the others are not waited for then.
    private async ValueTask EndAsync(GroupWatch watch, CancellationToken cancellationToken)
    {
        foreach (var member in await NextAsync(watch, cancellationToken).ConfigureAwait(false)) new TaskSnapshot(member.Id, member.Final, _source.Wire).ThrowIfFailed();
    }

    private async ValueTask<IReadOnlyList<TaskHandle<T>>> NextAsync(GroupWatch watch, CancellationToken cancellationToken) => Keep([await watch.NextAsync(cancellationToken).ConfigureAwait(false)]);

    // Members are found by id; a unique task may be several of them.
    private List<TaskHandle<T>> Keep(IEnumerable<TaskResult?> states)
    {
        var members = LazyInitializer.EnsureInitialized(ref _byId, () => Members.ToLookup(static member => member.Id));
        var kept = new List<TaskHandle<T>>();
        foreach (var state in states)
        {
            if (state is not { IsReady: true }) continue;
            foreach (var member in members[state.TaskId])
            {
                member.Final = state;
                kept.Add(member);
            }
        }

        return kept;
    }
}
