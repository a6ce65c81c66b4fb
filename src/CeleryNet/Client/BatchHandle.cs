using System.Collections.Concurrent;
using CeleryNet.Client;
using CeleryNet.Signatures;

namespace CeleryNet;

/// <summary>
/// A batch: tasks that are added while it runs, and callbacks that are sent when it was closed and all of them have ended. Thread-safe.
/// </summary>
/// <remarks>
/// A member counts once, however often it runs. It counts when it succeeds, and also when it fails, is revoked, expires, is ignored, rejected or unknown to a C# worker. Members may be tasks of Python where
/// results are in Redis; there a member that is unknown or that raises <c>Ignore</c> or <c>Reject</c> never counts, as in a chord of Celery. A member whose message is purged never ends.
/// What is counted is kept as long as results are, from the last time a member was added or ended.
/// </remarks>
public sealed class BatchHandle
{
    private readonly BatchSender _sender;
    private readonly ConcurrentQueue<BatchPart> _unsent = new(); // may be at the broker or not; sent again first of all
    private ReadOnlyMemory<byte> _body;
    private volatile bool _isClosed;

    internal BatchHandle(string id, BatchSender sender, ReadOnlyMemory<byte> body)
    {
        Id = id;
        _sender = sender;
        _body = body;
    }

    /// <summary>Id of the batch, which its callbacks get.</summary>
    public string Id { get; }

    /// <summary>Adds a member and sends it.</summary>
    /// <inheritdoc cref="AddAsync{T}(IEnumerable{Signature{T}}, CancellationToken)"/>
    /// <param name="member">The call, or a canvas, which counts as one member.</param>
    /// <param name="cancellationToken">Stops the wait; see below.</param>
    public async Task<TaskHandle<T>> AddAsync<T>(Signature<T> member, CancellationToken cancellationToken = default) =>
        (await AddAsync([member], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Adds members and sends them.</summary>
    /// <param name="members">The calls, or canvases, each of which counts as one member.</param>
    /// <param name="cancellationToken">Stops the wait; see below.</param>
    /// <returns>Their handles, in order.</returns>
    /// <exception cref="MessageFormatException">A call is not valid. The part of up to a thousand members that it is in, and all after it, were not added.</exception>
    /// <exception cref="TaskQueueException">The batch is closed or has ended; nothing was added.</exception>
    /// <exception cref="PublishException">The broker did not take all of them. Those up to a thousand that were on their way belong to the batch nevertheless: the next call of this handle sends them again, under
    /// the same ids, so they are not to be added again. The same holds when the token stops the wait.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached; as before.</exception>
    public Task<IReadOnlyList<TaskHandle<T>>> AddAsync<T>(IEnumerable<Signature<T>> members, CancellationToken cancellationToken = default) =>
        AddAsync(members, (member, node) => new TaskHandle<T>(_sender.Source, node.Id, null, false, member.Result) { Node = node }, cancellationToken);

    /// <summary>Adds members of different kinds and sends them.</summary>
    /// <inheritdoc cref="AddAsync{T}(IEnumerable{Signature{T}}, CancellationToken)"/>
    public Task<IReadOnlyList<TaskHandle>> AddAsync(IEnumerable<Signature> members, CancellationToken cancellationToken = default) =>
        AddAsync(members, (_, node) => new TaskHandle(_sender.Source, node.Id) { Node = node }, cancellationToken);

    /// <summary>
    /// Says that nothing more comes from outside, so that the batch ends with its last member. Members that run may still add others. A batch that nobody closes never ends. Closing it again is harmless.
    /// </summary>
    /// <param name="cancellationToken">Stops the wait for the broker; it may be closed then.</param>
    /// <exception cref="PublishException">The broker did not take it; close it again.</exception>
    /// <exception cref="TaskQueueException">The batch is not known, or has ended.</exception>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        await ResendAsync(cancellationToken).ConfigureAwait(false);
        await _sender.CloseAsync(Id, body, cancellationToken).ConfigureAwait(false);
        _isClosed = true;
    }

    /// <summary>How far it is: also after its end, and from any process.</summary>
    /// <param name="cancellationToken">Stops the look at the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Nothing is known of it.</exception>
    public Task<BatchProgress> GetProgressAsync(CancellationToken cancellationToken = default) => _sender.GetProgressAsync(Id, cancellationToken);

    /// <summary>Waits until it was closed and all members have ended. Failures are counted and not thrown.</summary>
    /// <param name="timeout">How long to wait; <c>null</c> for as long as it takes, zero to look once.</param>
    /// <param name="cancellationToken">Stops the wait; the batch goes on.</param>
    /// <exception cref="ResultTimeoutException">It has not ended in time.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Nothing is known of it any more.</exception>
    public async Task<BatchProgress> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        await new TaskHandle(_sender.Source, Id).WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        return await GetProgressAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The id.</summary>
    public override string ToString() => Id;

    private async Task<IReadOnlyList<THandle>> AddAsync<TSignature, THandle>(IEnumerable<TSignature> members, Func<TSignature, ResultNode, THandle> handle, CancellationToken cancellationToken)
        where TSignature : Signature where THandle : TaskHandle
    {
        ArgumentNullException.ThrowIfNull(members);
        if (_isClosed) throw BatchSender.NotOpen(Id);
        var body = await BodyAsync(cancellationToken).ConfigureAwait(false);
        await ResendAsync(cancellationToken).ConfigureAwait(false);
        var handles = new List<THandle>();
        foreach (var chunk in members.Chunk(_sender.Filters is null ? BatchSender.PartSize : 1))
        {
            foreach (var member in chunk) ArgumentNullException.ThrowIfNull(member, nameof(members));
            if (_sender.Filters is not { } filters) handles.AddRange(await SendAsync(chunk, chunk, body, handle, cancellationToken).ConfigureAwait(false));
            else handles.Add(await filters.SendAsync(new TaskSending(chunk[0], cancellationToken), async sending =>
                (await SendAsync(chunk, [chunk[0].WithOptions(sending.Options)], body, handle, cancellationToken).ConfigureAwait(false))[0]).ConfigureAwait(false));
        }

        return handles;
    }

    private async Task<List<THandle>> SendAsync<TSignature, THandle>(
        TSignature[] members, IReadOnlyList<Signature> calls, ReadOnlyMemory<byte> body, Func<TSignature, ResultNode, THandle> handle, CancellationToken cancellationToken)
        where TSignature : Signature
    {
        var part = new BatchPart();
        foreach (var call in calls) await _sender.PrepareAsync(part, Id, body, call, cancellationToken).ConfigureAwait(false);
        await SendAsync(part, cancellationToken).ConfigureAwait(false);
        return [.. members.Select((member, i) => handle(member, part.Results[i]))];
    }

    private async Task ResendAsync(CancellationToken cancellationToken)
    {
        while (_unsent.TryDequeue(out var part)) await SendAsync(part, cancellationToken).ConfigureAwait(false);
    }

    // What was refused as a whole is not kept; of all else nobody knows whether it is counted, and a member that is counted and never sent would keep the batch from ending.
    private async Task SendAsync(BatchPart part, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.SendAsync(part, Id, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is PublishException or BrokerUnavailableException or OperationCanceledException)
        {
            _unsent.Enqueue(part);
            throw;
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> BodyAsync(CancellationToken cancellationToken)
    {
        if (_body.IsEmpty) _body = await _sender.FindBodyAsync(Id, cancellationToken).ConfigureAwait(false);
        return _body;
    }
}
