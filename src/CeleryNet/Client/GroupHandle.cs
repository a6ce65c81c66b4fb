using System.Runtime.CompilerServices;
using System.Threading.Channels;
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
        // One clock for all of them; a look or an endless wait needs none.
        using var clock = timeout is { } limit && limit > TimeSpan.Zero ? new CancellationTokenSource(limit, _source.Time) : null;
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock?.Token ?? default);
        var waits = Members.Select(member => member.GetAsync(clock is null ? timeout : null, others.Token)).ToList();
        try
        {
            await foreach (var ended in Task.WhenEach(waits).ConfigureAwait(false)) await ended.ConfigureAwait(false);
            return [.. waits.Select(wait => wait.Result)]; // all have ended
        }
        catch (Exception error)
        {
            var isLate = error is OperationCanceledException && clock is { IsCancellationRequested: true };
            var late = isLate ? Members[waits.FindIndex(static wait => !wait.IsCompletedSuccessfully)] : null;
            await others.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((IEnumerable<Task>)waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the first error is the one to tell
            cancellationToken.ThrowIfCancellationRequested();
            if (late is null) throw;
            throw new ResultTimeoutException(late.Id, await late.GetStateAsync(cancellationToken).ConfigureAwait(false), timeout!.Value); // a clock runs for a timeout alone
        }
    }

    /// <summary>The end of each member as it comes, errors as data.</summary>
    /// <param name="cancellationToken">Stops the watching; the tasks run on.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async IAsyncEnumerable<TaskSnapshot<T>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = Channel.CreateUnbounded<Task<TaskSnapshot<T>>>();
        var waits = Members.Select(member => PassOnAsync(member.WaitAsync(null, stop.Token), ended.Writer)).ToList();
        try
        {
            for (var left = Count; left > 0; left--)
                yield return await (await ended.Reader.ReadAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(waits).ConfigureAwait(false);
        }
    }

    /// <summary>How many members have ended, and how.</summary>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    public async Task<GroupCounts> CountAsync(CancellationToken cancellationToken = default)
    {
        var states = await Task.WhenAll(Members.Select(member => member.GetStateAsync(cancellationToken))).ConfigureAwait(false);
        return new GroupCounts(
            states.Length, states.Count(state => state == TaskStates.Success), states.Count(state => state == TaskStates.Failure), states.Count(state => state == TaskStates.Revoked));
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

    private static async Task PassOnAsync(Task<TaskSnapshot<T>> wait, ChannelWriter<Task<TaskSnapshot<T>>> ended)
    {
        await ((Task)wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ended.TryWrite(wait);
    }
}
