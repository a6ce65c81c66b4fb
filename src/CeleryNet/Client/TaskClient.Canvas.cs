using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <content>Calls that others follow, and groups.</content>
internal sealed partial class TaskClient
{
    public async Task<GroupHandle<T>> EnqueueAsync<T>(GroupSignature<T> group, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (_filters is null) return new GroupHandle<T>(_source, await StartAsync(group, group, isOne: false, cancellationToken).ConfigureAwait(false), group.MemberResult);
        var handle = await _filters.SendAsync(new TaskSending(group, cancellationToken), async sending =>
        {
            var result = await StartAsync(group, group.WithOptions(sending.Options), isOne: false, cancellationToken).ConfigureAwait(false);
            return new TaskHandle(_source, result.Id) { Node = result };
        }).ConfigureAwait(false);
        return new GroupHandle<T>(_source, handle.Node!, group.MemberResult); // set above
    }

    public async Task<GroupHandle<T>?> RestoreGroupAsync<T>(string groupId, WireConverter<T>? converter, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(groupId);
        var store = _results as IChordStore ?? throw CanvasChecks.NoGroups(_results);
        var tuple = await store.GetGroupAsync(groupId, cancellationToken).ConfigureAwait(false);
        return tuple.IsEmpty ? null : new GroupHandle<T>(_source, ResultNode.Read(tuple), converter ?? TypeConverters.For<T>(_wire));
    }

    // A canvas passes the filters as one: what they set are options of the whole.
    private Task<THandle> SendCanvasAsync<THandle>(Signature signature, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken) where THandle : TaskHandle =>
        _filters is null
            ? SendCanvasNowAsync(signature, signature, handle, cancellationToken)
            : _filters.SendAsync(new TaskSending(signature, cancellationToken), sending => SendCanvasNowAsync(signature, signature.WithOptions(sending.Options), handle, cancellationToken));

    private async Task<THandle> SendCanvasNowAsync<THandle>(Signature signature, Signature call, Func<TaskClient, Signature, TaskMessage, THandle> handle, CancellationToken cancellationToken)
        where THandle : TaskHandle
    {
        // One call with callbacks or stamps. In a canvas of several nobody asks, as something waits for each of its tasks.
        if (_uniques.Find(call) is { } unique) return await SendUniqueAsync(unique, call, (client, _, message) => handle(client, signature, message), cancellationToken).ConfigureAwait(false);
        var result = await StartAsync(signature, call, isOne: true, cancellationToken).ConfigureAwait(false);
        var made = handle(this, signature, new TaskMessage { Id = result.Id, TaskName = signature.Name });
        made.Node = result;
        return made;
    }

    // The mark that it was sent is that of the caller's own signature, of which filters get a copy.
    private async Task<ResultNode> StartAsync(Signature signature, Signature call, bool isOne, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var canvas = _compiler.Compile(call);
        if (isOne && CanvasShape.EndsInGroup(canvas)) canvas = CanvasShape.AsOne(canvas); // somebody waits for one result
        var hasFixedIds = CanvasChecks.Check(canvas, _results);
        if (hasFixedIds && !signature.TryMarkSent()) throw CanvasChecks.SentTwice(signature);
        try
        {
            var replyTo = _replyQueue is { } queue ? queue.Name : await OpenReplyQueueAsync(cancellationToken).ConfigureAwait(false);
            var parent = CurrentTask.Context;
            var result = await _canvas.SendAsync(canvas, new CanvasCall { ReplyTo = replyTo, RootId = parent?.RootId, ParentId = parent?.Id }, cancellationToken).ConfigureAwait(false);
            parent?.AddChild(result.Root.ToBytes());
            return result;
        }
        catch when (hasFixedIds)
        {
            signature.UnmarkSent(); // sent again under the same ids, it is the same tasks
            throw;
        }
    }
}
